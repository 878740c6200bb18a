/** A connector's task. */
export interface GroupTask {
  connector: string
  task: number
}

/** What a member runs, or is to run or to stop. */
export interface Work {
  connectors: string[]
  tasks: GroupTask[]
}

/** What a member tells of itself when it joins. Java: ExtendedWorkerState */
export interface MemberState {
  /** The REST URL that it advertises, with a trailing slash. */
  url: string
  /** Of the next record of the config topic; -1 when nothing has been read. */
  configOffset: number
  /** Null for a member that has never been given anything. */
  held: Work | null
}

/** What the leader gives a member. Java: ExtendedAssignment */
export interface Assignment {
  /** 1: the leader could not read the config topic as far as some member has. */
  error: 0 | 1
  leader: string
  leaderUrl: string
  /** The offset of the config topic that the assignment was made from. */
  configOffset: number
  /** Incremental: only what is new. Eager: everything. */
  assigned: Work
  revoked: Work
  /** How long the leader waits for lost members before it gives their work away, ms. */
  delayMs: number
}

/** `connect.protocol` */
export type ConnectProtocol = 'eager' | 'compatible' | 'sessioned'

/** A completed round. */
export interface Joined {
  generation: number
  memberId: string
  isLeader: boolean
  protocol: ConnectProtocol
  assignment: Assignment
}

/** Whoever runs what the group gives. Called one at a time; the membership waits for each. */
export interface GroupListener {
  /** What this member says of itself; asked when JoinGroup is sent. */
  state(): MemberState
  /** This member leads: what every member is to get, by member id. Throws when it cannot be said. */
  assign(
    members: ReadonlyMap<string, MemberState>,
    own: { memberId: string; protocol: ConnectProtocol },
  ): Promise<Map<string, Assignment>>
  /** A round is complete. */
  joined(round: Joined): Promise<void>
  /** The group has given this member up, or its coordinator is gone: it may run nothing any more. */
  lost(reason: string): Promise<void>
  /** The membership cannot go on (no right to the group, another protocol type …). */
  failed(error: Error): void
}

/** Membership of the workers' group. Java: org.apache.kafka.connect.runtime.distributed.WorkerGroupMember */
export interface Membership {
  /** Of the last completed round; null before. */
  readonly current: Joined | null
  /** What the rounds so far have given, merged; null before the first and after `lost`. What `state` tells as held. */
  readonly held: Work | null
  /** Joins, and from then on answers heartbeats and rounds that others begin. */
  start(listener: GroupListener): void
  /** Begins a new round, or lets the one that is due be the answer. */
  requestRejoin(reason: string): void
  /** Leaves; `requestRejoin` joins again. */
  leave(reason: string): Promise<void>
  /** Leaves and closes the connections. Safe to call twice. */
  close(): Promise<void>
}

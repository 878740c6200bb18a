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
  /**
   * Connectors that it cannot run, because it lacks one of their classes. Only bunnect's workers tell: after the bytes
   * that Java reads, and only where there are any.
   */
  unable: readonly string[]
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

/** A round that this member leads. */
export interface LedRound {
  /** Of this member. */
  memberId: string
  protocol: ConnectProtocol
  generation: number
  /** Of the last round that this member has completed; -1 before. */
  lastGeneration: number
  /** The group turns eager with this round: only its members' next one begins with everything stopped. */
  turnsEager: boolean
}

/** Whoever runs what the group gives. Called one at a time; the membership waits for each. */
export interface GroupListener {
  /**
   * A round is about to be joined. With the eager protocol everything has to have been stopped when this resolves.
   * Java: WorkerRebalanceListener.onRevoked, called by WorkerCoordinator.onJoinPrepare
   */
  preparing(protocol: ConnectProtocol): Promise<void>
  /** What this member says of itself; asked when JoinGroup is sent. */
  state(): MemberState
  /**
   * This member leads: what every member is to get, by member id. Members whose metadata cannot be read are not among
   * them; they are given nothing. Throws when it cannot be said.
   */
  assign(members: ReadonlyMap<string, MemberState>, round: LedRound): Promise<Map<string, Assignment>>
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
  /**
   * No round is under way or asked for, the listener is through with the last one, and the coordinator has confirmed this
   * member within the session's time: what `current` says of leader and work can be relied on.
   */
  readonly isSettled: boolean
  /** The coordinator has confirmed this member within the session's time; a round may be under way. */
  readonly isConfirmed: boolean
  /** Resolves when `isSettled`, or when the signal fires. */
  settled(signal: AbortSignal): Promise<void>
  /** Joins, and from then on answers heartbeats and rounds that others begin. */
  start(listener: GroupListener): void
  /** Begins a new round, or lets the one that is due be the answer. */
  requestRejoin(reason: string): void
  /** Leaves; `requestRejoin` joins again. */
  leave(reason: string): Promise<void>
  /** Leaves and closes the connections. Safe to call twice. */
  close(): Promise<void>
}

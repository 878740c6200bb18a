import { GroupLeader } from '../../../src/group/leader.ts'
import { GroupMember } from '../../../src/group/member.ts'
import type {
  Assignment,
  ConnectProtocol,
  GroupListener,
  Joined,
  LedRound,
  MemberState,
  Work,
} from '../../../src/group/membership.ts'
import type { GroupOptions } from '../../../src/group/options.ts'
import { BrokerConnection, type ConnectionOptions } from '../../../src/kafka/wire/connection.ts'
import { logger } from '../../../src/observe/log.ts'
import { until } from '../../servers/run.ts'

const plain: ConnectionOptions = {
  clientId: 'connect-127.0.0.1:8083',
  connectTimeoutMs: 5000,
  tls: undefined,
  sasl: undefined,
}

export function optionsFor(
  bootstrap: string,
  groupId: string,
  more: Partial<GroupOptions> = {},
): GroupOptions {
  return {
    ...plain,
    bootstrap: [addressOf(bootstrap)],
    groupId,
    protocol: 'sessioned',
    sessionTimeoutMs: 3000,
    rebalanceTimeoutMs: 10_000,
    heartbeatIntervalMs: 300,
    requestTimeoutMs: 10_000,
    retryBackoffMs: 50,
    reconnectBackoffMs: 50,
    reconnectBackoffMaxMs: 500,
    ...more,
  }
}

function addressOf(bootstrap: string) {
  const [host = '', port] = bootstrap.split(':')
  return { host, port: Number(port) }
}

function traffic() {
  return { opened: 0, closed: 0, requests: 0, responses: 0, bytesOut: 0, bytesIn: 0 }
}

/** A connection of somebody else. */
export function stranger(bootstrap: string, clientId = 'stranger'): Promise<BrokerConnection> {
  return BrokerConnection.open(addressOf(bootstrap), { ...plain, clientId }, traffic())
}

/** A member whose listener writes down what it is told, and that nothing is told it while it is at something. */
export class GroupWorker implements GroupListener {
  readonly member: GroupMember
  readonly rounds: Joined[] = []
  readonly prepared: ConnectProtocol[] = []
  readonly lostBecause: string[] = []
  readonly overlaps: string[] = []
  failure: Error | null = null
  /** Number of tasks by connector. */
  tasks: Record<string, number> = {}
  offset = 5
  unable: string[] = []
  url = 'http://127.0.0.1:8083/'
  /** Slow things that a test wants done. */
  beforeJoin: (protocol: ConnectProtocol) => Promise<void> = async () => {}
  beforeAssign: () => Promise<void> = async () => {}
  afterJoined: (round: Joined) => Promise<void> = async () => {}
  /** What it runs from now on. */
  onHeld: (work: Work | null) => void = () => {}
  assignMembers: GroupListener['assign'] = async (members, round) => this.#leader.assign(members, round)
  #busy: string | null = null

  readonly #leader: GroupLeader
  #delay: Timer | undefined

  constructor(
    readonly options: GroupOptions,
    maxDelayMs = 0,
  ) {
    this.member = new GroupMember(options)
    this.#leader = new GroupLeader({ maxDelayMs, configured: () => this.#configured(), log: logger('test') })
  }

  start(): this {
    this.member.start(this)
    return this
  }

  /** The membership waits for it. */
  get isBusy(): boolean {
    return this.#busy !== null
  }

  get round(): Joined | undefined {
    return this.rounds.at(-1)
  }

  /** Resolves with that round when it is complete; others may have followed it. */
  async rounded(count: number, deadline?: number): Promise<Joined> {
    const done = () => this.rounds.length >= count && this.#busy === null
    await until(
      `round ${count}, failure ${this.failure?.message}`,
      () => done() || this.failure !== null,
      deadline,
      5,
    )
    if (!done()) throw this.failure!
    return this.rounds[count - 1]!
  }

  failed(error: Error): void {
    this.failure = error
  }

  failing(deadline?: number): Promise<Error> {
    return until('failure of the membership', () => this.failure, deadline, 5)
  }

  preparing(protocol: ConnectProtocol): Promise<void> {
    return this.#alone('preparing', async () => {
      this.prepared.push(protocol)
      if (protocol === 'eager') this.onHeld(null)
      await this.beforeJoin(protocol)
    })
  }

  state(): MemberState {
    this.#leader.snapshot()
    return { url: this.url, configOffset: this.offset, held: this.member.held, unable: this.unable }
  }

  assign(members: ReadonlyMap<string, MemberState>, round: LedRound): Promise<Map<string, Assignment>> {
    return this.#alone('assign', async () => {
      await this.beforeAssign()
      return await this.assignMembers(members, round)
    })
  }

  joined(round: Joined): Promise<void> {
    return this.#alone('joined', async () => {
      this.onHeld(this.member.held)
      await this.afterJoined(round)
      this.rounds.push(round)
      const { error, revoked, delayMs } = round.assignment
      clearTimeout(this.#delay)
      // Otherwise a member has read further than the leader, which reads nothing here.
      if (error !== 0 && round.protocol === 'eager') this.member.requestRejoin('nothing was given')
      if (delayMs > 0) this.#delay = setTimeout(() => this.member.requestRejoin('the delay is over'), delayMs)
      if (revoked.connectors.length + revoked.tasks.length > 0) this.member.requestRejoin('revoked')
    })
  }

  lost(reason: string): Promise<void> {
    return this.#alone('lost', async () => {
      this.onHeld(null)
      this.lostBecause.push(reason)
    })
  }

  #configured() {
    const { tasks, offset } = this
    return {
      offset,
      connectors: () => Object.keys(tasks),
      tasks: (connector: string) =>
        Array.from({ length: tasks[connector] ?? 0 }, (_, task) => ({ connector, task })),
    }
  }

  async #alone<T>(what: string, deed: () => Promise<T>): Promise<T> {
    if (this.#busy !== null) this.overlaps.push(`${what} during ${this.#busy}`)
    this.#busy = what
    try {
      return await deed()
    } finally {
      this.#busy = null
    }
  }
}

import { assignAlone } from '../../../src/group/alone.ts'
import { GroupMember } from '../../../src/group/member.ts'
import type {
  Assignment,
  ConnectProtocol,
  GroupListener,
  Joined,
  LedRound,
  MemberState,
} from '../../../src/group/membership.ts'
import type { GroupOptions } from '../../../src/group/options.ts'
import { BrokerConnection, type ConnectionOptions } from '../../../src/kafka/wire/connection.ts'
import { until } from '../../servers/run.ts'

export const plain: ConnectionOptions = {
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

export function addressOf(bootstrap: string) {
  const [host = '', port] = bootstrap.split(':')
  return { host, port: Number(port) }
}

export function traffic() {
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
  tasks: Record<string, number> = {}
  offset = 5
  url = 'http://127.0.0.1:8083/'
  /** Slow things that a test wants done. */
  beforeJoin: (protocol: ConnectProtocol) => Promise<void> = async () => {}
  beforeAssign: () => Promise<void> = async () => {}
  afterJoined: (round: Joined) => Promise<void> = async () => {}
  assignMembers: GroupListener['assign'] = async (members, own) =>
    assignAlone(members, this.#configured(), own)
  #busy: string | null = null

  constructor(options: GroupOptions) {
    this.member = new GroupMember(options)
  }

  start(): this {
    this.member.start(this)
    return this
  }

  get round(): Joined | undefined {
    return this.rounds.at(-1)
  }

  /** Resolves when that many rounds are complete. */
  async rounded(count: number, deadline?: number): Promise<Joined> {
    const done = () => this.rounds.length >= count && this.#busy === null
    await until(
      `round ${count}, failure ${this.failure?.message}`,
      () => done() || this.failure !== null,
      deadline,
      5,
    )
    if (!done()) throw this.failure!
    return this.round!
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
      await this.beforeJoin(protocol)
    })
  }

  state(): MemberState {
    return { url: this.url, configOffset: this.offset, held: this.member.held, unable: [] }
  }

  assign(members: ReadonlyMap<string, MemberState>, round: LedRound): Promise<Map<string, Assignment>> {
    return this.#alone('assign', async () => {
      await this.beforeAssign()
      return await this.assignMembers(members, round)
    })
  }

  joined(round: Joined): Promise<void> {
    return this.#alone('joined', async () => {
      await this.afterJoined(round)
      this.rounds.push(round)
    })
  }

  lost(reason: string): Promise<void> {
    return this.#alone('lost', async () => void this.lostBecause.push(reason))
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

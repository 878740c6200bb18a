import { kafkaErrorByCode } from '../../src/kafka/protocol-errors.ts'
import type { BrokerConnection } from '../../src/kafka/wire/connection.ts'
import {
  type Answer,
  heartbeat,
  type JoinAnswer,
  joinGroup,
  leaveGroup,
  syncGroup,
} from '../../src/kafka/wire/requests.ts'

export interface Given {
  joined: JoinAnswer
  assignment: Buffer
  /** Another round had begun before this member was given what the first one had for it. */
  isLater: boolean
}

export interface Offer {
  name: string
  metadata: Uint8Array
}

/** The same under the name of each of Connect's protocols. */
export function offered(metadata: Uint8Array): Offer[] {
  return ['sessioned', 'compatible', 'default'].map(name => ({ name, metadata }))
}

/** Kafka's error codes. */
const MEMBER_ID_REQUIRED = 79
const REBALANCE_IN_PROGRESS = 27

/** A member of a group that says whatever a test wants, byte by byte, and runs nothing. Errors are the broker's. */
export class RawMember {
  #memberId = ''
  #joined: JoinAnswer | null = null

  constructor(
    readonly connection: BrokerConnection,
    readonly group: string,
    readonly protocols: readonly Offer[],
    readonly protocolType = 'connect',
  ) {}

  get memberId(): string {
    return this.#memberId
  }

  get isLeader(): boolean {
    return this.#joined?.leader === this.#memberId
  }

  /** One round to its end, whatever begins meanwhile. Of a member that never leads: then it is given nothing. */
  async round(): Promise<Given> {
    for (let isLater = false; ; isLater = true) {
      const joined = await this.join()
      const synced = await this.#sync()
      if (!isRebalancing(synced)) return { joined, assignment: succeeded(synced).assignment, isLater }
    }
  }

  /** Resolves when the round has all its members. */
  async join(): Promise<JoinAnswer> {
    const request = () =>
      this.connection.request(
        joinGroup,
        {
          group: this.group,
          sessionTimeoutMs: 10_000,
          rebalanceTimeoutMs: 60_000,
          memberId: this.#memberId,
          protocolType: this.protocolType,
          protocols: this.protocols,
          reason: '',
        },
        70_000,
      )
    let answer = await request()
    if (answer.errorCode === MEMBER_ID_REQUIRED) {
      this.#memberId = answer.memberId
      answer = await request()
    }
    this.#joined = succeeded(answer)
    this.#memberId = answer.memberId
    return answer
  }

  /** What it is given; as the leader it gives this to everybody of the round. */
  async sync(assignment?: Uint8Array): Promise<Buffer> {
    return succeeded(await this.#sync(assignment)).assignment
  }

  /** False when another round has begun. */
  async beat(): Promise<boolean> {
    const { group, memberId } = this
    const { generation } = this.#joined!
    const answer = await this.connection.request(heartbeat, { group, generation, memberId }, 10_000)
    if (isRebalancing(answer)) return false
    succeeded(answer)
    return true
  }

  async leave(): Promise<void> {
    const { group, memberId } = this
    await this.connection.request(leaveGroup, { group, memberId, reason: 'test' }, 10_000)
  }

  #sync(assignment?: Uint8Array) {
    const { group, memberId, protocolType } = this
    const { generation, protocolName, members } = this.#joined!
    const assignments =
      assignment !== undefined && this.isLeader
        ? members.map(({ memberId }) => ({ memberId, assignment }))
        : []
    return this.connection.request(
      syncGroup,
      { group, generation, memberId, protocolType, protocolName: protocolName ?? '', assignments },
      60_000,
    )
  }
}

function isRebalancing({ errorCode }: Answer): boolean {
  return errorCode === REBALANCE_IN_PROGRESS
}

function succeeded<T extends Answer>(answer: T): T {
  if (answer.errorCode !== 0) throw kafkaErrorByCode(answer.errorCode, 'refused')
  return answer
}

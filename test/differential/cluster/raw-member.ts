import { kafkaErrorByCode } from '../../../src/kafka/protocol-errors.ts'
import type { BrokerConnection } from '../../../src/kafka/wire/connection.ts'
import {
  type Answer,
  heartbeat,
  type JoinAnswer,
  joinGroup,
  leaveGroup,
  syncGroup,
} from '../../../src/kafka/wire/requests.ts'

export interface Given {
  joined: JoinAnswer
  assignment: Buffer
}

/** Kafka's error codes. */
const MEMBER_ID_REQUIRED = 79
const REBALANCE_IN_PROGRESS = 27

/** A member of a group that says whatever a test wants, and runs nothing. */
export class RawMember {
  #memberId = ''
  #generation = -1

  constructor(
    readonly connection: BrokerConnection,
    readonly group: string,
    readonly protocols: { name: string; metadata: Uint8Array }[],
    readonly protocolType = 'connect',
  ) {}

  get memberId(): string {
    return this.#memberId
  }

  /** One round to its end; rejects with the broker's error. Never leads: then it is given nothing. */
  async round(): Promise<Given> {
    for (;;) {
      const joined = await this.#join()
      const { generation, memberId } = joined
      this.#memberId = memberId
      this.#generation = generation
      const synced = unlessRebalancing(
        await this.connection.request(
          syncGroup,
          {
            group: this.group,
            generation,
            memberId,
            protocolType: this.protocolType,
            protocolName: joined.protocolName ?? '',
            assignments: [],
          },
          60_000,
        ),
      )
      if (synced !== null) return { joined, assignment: synced.assignment }
    }
  }

  /** False when another round has begun. */
  async beat(): Promise<boolean> {
    const member = { group: this.group, generation: this.#generation, memberId: this.#memberId }
    return unlessRebalancing(await this.connection.request(heartbeat, member, 10_000)) !== null
  }

  async leave(): Promise<void> {
    const { group } = this
    await this.connection.request(leaveGroup, { group, memberId: this.#memberId, reason: 'test' }, 10_000)
  }

  async #join(): Promise<JoinAnswer> {
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
    const first = await request()
    if (first.errorCode !== MEMBER_ID_REQUIRED) return succeeded(first)
    this.#memberId = first.memberId
    return succeeded(await request())
  }
}

/** Null when another round has begun. */
function unlessRebalancing<T extends Answer>(answer: T): T | null {
  return answer.errorCode === REBALANCE_IN_PROGRESS ? null : succeeded(answer)
}

function succeeded<T extends Answer>(answer: T): T {
  if (answer.errorCode !== 0) throw kafkaErrorByCode(answer.errorCode, 'refused')
  return answer
}

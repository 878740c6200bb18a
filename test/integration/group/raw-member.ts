import type { BrokerConnection } from '../../../src/kafka/wire/connection.ts'
import {
  heartbeat,
  type JoinAnswer,
  joinGroup,
  leaveGroup,
  syncGroup,
} from '../../../src/kafka/wire/requests.ts'
import { stranger } from './group-worker.ts'

/** Somebody in the group who says whatever a test wants, byte by byte. */
export class RawMember {
  memberId = ''
  #joined: JoinAnswer | null = null

  private constructor(
    readonly group: string,
    readonly connection: BrokerConnection,
  ) {}

  static async in(group: string, bootstrap: string): Promise<RawMember> {
    return new RawMember(group, await stranger(bootstrap, 'raw'))
  }

  /** Resolves when the round has all its members. */
  async join(metadata: Uint8Array, names = ['sessioned', 'compatible', 'default']): Promise<JoinAnswer> {
    const request = {
      group: this.group,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 30_000,
      protocolType: 'connect',
      protocols: names.map(name => ({ name, metadata })),
      reason: '',
    }
    const ask = () => this.connection.request(joinGroup, { ...request, memberId: this.memberId }, 40_000)
    let answer = await ask()
    this.memberId = answer.memberId
    if (answer.errorCode === MEMBER_ID_REQUIRED) answer = await ask()
    if (answer.errorCode !== 0) throw new Error(`JoinGroup was answered with ${answer.errorCode}`)
    this.#joined = answer
    return answer
  }

  get isLeader(): boolean {
    return this.#joined?.leader === this.memberId
  }

  /** What it is given; as the leader it gives this to everybody of the round. */
  async sync(assignment?: Uint8Array | ((memberId: string) => Uint8Array)): Promise<Buffer> {
    const { generation, memberId, protocolName, members } = this.#joined!
    const give = typeof assignment === 'function' ? assignment : () => assignment!
    const assignments = this.isLeader
      ? members.map(member => ({ memberId: member.memberId, assignment: give(member.memberId) }))
      : []
    const request = { group: this.group, generation, memberId, protocolType: 'connect', assignments }
    const answer = await this.connection.request(
      syncGroup,
      { ...request, protocolName: protocolName ?? '' },
      40_000,
    )
    if (answer.errorCode !== 0) throw new Error(`SyncGroup was answered with ${answer.errorCode}`)
    return answer.assignment
  }

  /** The error code that the coordinator answers. */
  async beat(): Promise<number> {
    const { generation, memberId } = this.#joined!
    return (await this.connection.request(heartbeat, { group: this.group, generation, memberId }, 5000))
      .errorCode
  }

  async leave(): Promise<void> {
    await this.connection.request(
      leaveGroup,
      { group: this.group, memberId: this.memberId, reason: 'done' },
      5000,
    )
    this.connection.close()
  }
}

const MEMBER_ID_REQUIRED = 79
export const REBALANCE_IN_PROGRESS = 27

import { Admin } from '@platformatic/kafka'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'

export interface Member {
  clientId: string
  memberId: string
  instanceId: string | null
  /** subscribed topics, as the bytes of its metadata say */
  topics: readonly string[]
  partitions: number[]
}

export interface GroupState {
  state: string
  protocolType: string
  /** the assignor's name */
  protocol: string
  members: Member[]
}

/** Looks at classic consumer groups with a client that is neither ours nor the JVM's. */
export class GroupProbe {
  readonly #admin: Admin

  constructor(bootstrap: string) {
    this.#admin = new Admin({
      clientId: 'group-probe',
      bootstrapBrokers: [bootstrap],
      retries: 20,
      retryDelay: 200,
    })
  }

  async describe(group: string): Promise<GroupState> {
    const found = (await this.#admin.describeGroups({ groups: [group] })).get(group)
    if (found === undefined) throw new Error(`no group ${group}`)
    const members = [...found.members.values()].map(member => ({
      clientId: member.clientId,
      memberId: member.id,
      instanceId: member.groupInstanceId ?? null,
      topics: member.metadata?.topics ?? [],
      partitions: [...(member.assignments?.values() ?? [])].flatMap(({ partitions }) => partitions).sort(),
    }))
    return { state: found.state, protocolType: found.protocolType, protocol: found.protocol, members }
  }

  /** Waits until the group is stable, has so many members and every partition has one owner. */
  async settled(group: string, members: number, partitions: number): Promise<GroupState> {
    let last: GroupState | null = null
    return until(`${group} to settle with ${members} members`, async () => {
      last = await this.describe(group)
      const owned = last.members.flatMap(member => member.partitions).sort((a, b) => a - b)
      return (
        last.state.toUpperCase() === 'STABLE' &&
        last.members.length === members &&
        owned.length === partitions &&
        owned.every((partition, i) => partition === i) &&
        last
      )
    }).catch(error => {
      throw new Error(`${error.message}; last seen: ${JSON.stringify(last)}`, { cause: error })
    })
  }

  close(): Promise<void> {
    return this.#admin.close()
  }
}

/** How the ids of members begin tells their client: librdkafka's is its own name unless client.id is set. */
export function partitionsOf(group: GroupState, members: ReadonlySet<string>): number {
  return group.members.filter(({ memberId }) => members.has(memberId)).flatMap(m => m.partitions).length
}

export type Order = readonly [first: Side, second: Side]
export const ORDERS: readonly Order[] = [
  ['jvm', 'bunnect'],
  ['bunnect', 'jvm'],
]

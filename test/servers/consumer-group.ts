import { Admin } from '@platformatic/kafka'
import { until } from './run.ts'
import type { Side } from './worker.ts'

export interface Member {
  clientId: string
  memberId: string
  instanceId: string | null
  /** subscribed topics, as the bytes of its metadata say */
  topics: readonly string[]
  /** such as `topic-0` */
  partitions: string[]
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
      partitions: [...(member.assignments?.values() ?? [])]
        .flatMap(({ topic, partitions }) => partitions.map(partition => `${topic}-${partition}`))
        .sort(),
    }))
    return { state: found.state, protocolType: found.protocolType, protocol: found.protocol, members }
  }

  /** By partition, of a group that reads one topic. */
  async committed(group: string): Promise<Map<number, number>> {
    const [found] = await this.#admin.listConsumerGroupOffsets({ groups: [group] })
    return new Map(
      (found?.topics ?? [])
        .flatMap(({ partitions }) => partitions)
        .map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]),
    )
  }

  /** Waits until the group is stable, has so many members and every partition has one owner. */
  async settled(group: string, members: number, partitions: number): Promise<GroupState> {
    let last: GroupState | null = null
    return until(`${group} to settle with ${members} members`, async () => {
      last = await this.describe(group)
      const owned = last.members.flatMap(member => member.partitions)
      return (
        last.state.toUpperCase() === 'STABLE' &&
        last.members.length === members &&
        owned.length === partitions &&
        new Set(owned).size === partitions &&
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

export type Order = readonly [first: Side, second: Side]
export const ORDERS: readonly Order[] = [
  ['jvm', 'bunnect'],
  ['bunnect', 'jvm'],
]

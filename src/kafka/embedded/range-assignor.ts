import type { TopicPartition } from '../port.ts'

export interface AssignorMember {
  readonly id: string
  /** Existing topics that the member subscribes to. */
  readonly topics: readonly string[]
}

/**
 * Java's default: each topic's partitions in ranges to its subscribers in the order of their ids, the first
 * ones one more where it does not come out even. Java: org.apache.kafka.clients.consumer.RangeAssignor
 */
export function assignRanges(
  members: readonly AssignorMember[],
  partitionCount: (topic: string) => number,
): Map<string, TopicPartition[]> {
  const assignment = new Map<string, TopicPartition[]>(members.map(member => [member.id, []]))
  const subscribers = new Map<string, string[]>()
  for (const { id, topics } of members) {
    for (const topic of topics) {
      const ids = subscribers.get(topic)
      if (ids) ids.push(id)
      else subscribers.set(topic, [id])
    }
  }
  for (const topic of [...subscribers.keys()].sort()) {
    const ids = subscribers.get(topic)!.sort()
    const count = partitionCount(topic)
    const each = Math.floor(count / ids.length)
    const extra = count % ids.length
    let partition = 0
    for (const [i, id] of ids.entries()) {
      const share = assignment.get(id)!
      for (const end = partition + each + (i < extra ? 1 : 0); partition < end; partition++) {
        share.push({ topic, partition })
      }
    }
  }
  return assignment
}

import type { Consumer, TopicPartition } from '../kafka/port.ts'
import type { PartitionLag } from '../observe/metrics/task-meters.ts'

/**
 * How many records of each partition are still to be read, by what the consumer knows from its last fetches: nobody is
 * asked. Partitions of which it knows nothing yet are left out.
 */
export function consumerLag(consumer: Consumer, partitions: readonly TopicPartition[]): PartitionLag[] {
  const lag: PartitionLag[] = []
  for (const { topic, partition } of partitions) {
    const high = consumer.highWatermark({ topic, partition })
    const position = consumer.position({ topic, partition })
    if (high !== null && position !== null) lag.push([topic, partition, Math.max(high - position, 0)])
  }
  return lag
}

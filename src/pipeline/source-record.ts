import { ConnectException } from '../data/errors.ts'
import type { OffsetMap, SourceRecord } from '../data/records.ts'

/** Names a source record in an error. */
export function describeSource(
  record: Pick<SourceRecord, 'topic' | 'sourcePartition' | 'sourceOffset'>,
): string {
  const { topic, sourcePartition, sourceOffset } = record
  return `record of topic '${topic}' with source partition ${plain(sourcePartition)} and source offset ${plain(sourceOffset)}`
}

function plain(map: OffsetMap | null): string {
  return JSON.stringify(map, (_, value) => (typeof value === 'bigint' ? Number(value) : value))
}

/** Why no producer takes the record as it is, in Java's order; null when it is fit. Java: ProducerRecord */
export function unfit({ topic, kafkaPartition, timestamp }: SourceRecord): ConnectException | null {
  if (timestamp != null && timestamp < -1) return new InvalidRecord(`Invalid record timestamp ${timestamp}`)
  if (topic == null) return new IllegalArgument('Topic cannot be null.')
  if (kafkaPartition != null && kafkaPartition < 0) {
    return new IllegalArgument(
      `Invalid partition: ${kafkaPartition}. Partition number should always be non-negative or null.`,
    )
  }
  return null
}

class IllegalArgument extends ConnectException {
  static override readonly javaClass = 'java.lang.IllegalArgumentException'
}
/** Java: InvalidRecordException, which no tolerance covers. */
export class InvalidRecord extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.common.InvalidRecordException'
}

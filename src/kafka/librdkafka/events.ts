import type { TopicPartition, TopicPartitionOffset } from '../port.ts'
import type { NativeEvent, NativePartitions } from './addon.ts'

/** A partition as librdkafka reports it: offset -1001 = none, `code` = its own error. */
export interface PartitionResult extends TopicPartitionOffset {
  code: number
}

/** An error of librdkafka with what it says about it. */
export interface NativeError {
  code: number
  message: string
  fatal: boolean
  retriable: boolean
  abortable: boolean
}

export type ClientEvent =
  | { kind: 'log'; level: number; facility: string; message: string }
  | { kind: 'error'; error: NativeError }
  | { kind: 'rebalance'; assign: boolean; lost: boolean; cooperative: boolean; partitions: TopicPartition[] }
  | { kind: 'end'; partition: TopicPartition; offset: number }
  | { kind: 'consumerError'; error: NativeError; topic: string; partition: number }
  | { kind: 'commit'; id: number; error: NativeError; partitions: PartitionResult[] }
  | {
      kind: 'call'
      id: number
      error: NativeError
      partitions: PartitionResult[]
      low: number
      high: number
      /** What the call was to find out as text; empty for most. */
      text: string
    }

const ASSIGN_PARTITIONS = -175

/** Gives names to the fields of an event of native/packed.h. */
export function readEvent(event: NativeEvent): ClientEvent {
  const [kind, id, code, name, message, partition, fatal, retriable, abortable, list, low, high] = event
  const error: NativeError = { code, message, fatal, retriable, abortable }
  switch (kind) {
    case 0:
      return { kind: 'log', level: id, facility: name, message }
    case 1:
      return { kind: 'error', error }
    case 2: {
      const partitions = readPartitions(list)
      const cooperative = name === 'COOPERATIVE'
      return { kind: 'rebalance', assign: code === ASSIGN_PARTITIONS, lost: fatal, cooperative, partitions }
    }
    case 3:
      return { kind: 'end', partition: { topic: name, partition }, offset: id }
    case 4:
      return { kind: 'consumerError', error, topic: name, partition }
    case 5:
      return { kind: 'commit', id, error, partitions: readPartitions(list) }
    default:
      return { kind: 'call', id, error, partitions: readPartitions(list), low, high, text: name }
  }
}

function readPartitions(list: readonly (string | number | null)[]): PartitionResult[] {
  const partitions: PartitionResult[] = []
  for (let i = 0; i + 4 < list.length; i += 5) {
    const metadata = list[i + 4]
    partitions.push({
      topic: list[i] as string,
      partition: list[i + 1] as number,
      offset: list[i + 2] as number,
      code: list[i + 3] as number,
      ...(typeof metadata === 'string' ? { metadata } : {}),
    })
  }
  return partitions
}

/** What the native client takes: partitions without an offset get librdkafka's "stored" (-1000). */
export function nativePartitions(
  partitions: readonly (TopicPartition & { offset?: number; metadata?: string })[],
): NativePartitions {
  return partitions.flatMap(p => [p.topic, p.partition, p.offset ?? -1000, p.metadata ?? null])
}

export function partitionKey(partition: TopicPartition): string {
  return `${partition.topic}-${partition.partition}`
}

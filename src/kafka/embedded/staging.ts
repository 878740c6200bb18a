import { type PackedBatch, STRIDE } from '../packed-batch.ts'
import type { KafkaError } from '../port.ts'
import { endOf, packBlob } from './blob.ts'
import { kafkaError } from './errors.ts'
import type { Partition } from './partition.ts'
import { partitionOf } from './partitioner.ts'
import type { Topic } from './topics.ts'

/** Records of one send that go to one partition. `ranges` are pairs of sequence number and count. */
export interface Staged {
  partition: Partition
  blob: Uint8Array
  count: number
  maxTimestamp: number
  ranges: number[]
}

/** A record that is not accepted. */
export interface Refused {
  sequence: number
  partition: number
  error: KafkaError
}

export interface StagingLimits {
  /** `max.request.size` */
  maxRequestBytes: number
  /** `buffer.memory` */
  bufferBytes: number
}

/** A row larger than this is begun anew, so that a reader of a few records need not load very many. */
const ROW_BYTES = 4 << 20
/** SQLite's own limit for one value. */
const MAX_BLOB_BYTES = 1_000_000_000
/** What Java adds to a single record when it estimates its request. */
const REQUEST_OVERHEAD = 61 + 21

/**
 * Splits records `from … to - 1` by partition, in order, and packs each share. `topicOf` gives the topic of a
 * name, made if need be, or throws a KafkaError. `sequence` is that of record `from`.
 */
export function stage(
  batch: PackedBatch,
  from: number,
  to: number,
  sequence: number,
  limits: StagingLimits,
  topicOf: (name: string) => Topic,
  allocate?: (bytes: number) => Uint8Array,
): { staged: Staged[]; refused: Refused[] } {
  const staged: Staged[] = []
  const refused: Refused[] = []
  const topics: (Topic | KafkaError)[] = []
  const sticky = new Map<Topic, number>()
  const shares = new Map<Partition, { ranges: number[]; bytes: number }>()
  const now = Date.now()

  const finish = (partition: Partition, ranges: number[]) => {
    const packed = packBlob(batch, ranges, now, partition.topic.appendTime, allocate)
    for (let r = 0; r < ranges.length; r += 2) ranges[r]! += sequence - from
    staged.push({ partition, ranges, ...packed })
  }

  /** The partition of a record, or why it has none. */
  const place = (i: number): Partition | KafkaError => {
    const number = batch.topicAt(i)
    let topic = topics[number]
    if (topic === undefined) topics[number] = topic = orError(() => topicOf(batch.topic(i)))
    if (!('partitions' in topic)) return topic
    const { partitions } = topic
    const explicit = batch.partition(i)
    if (explicit >= 0) return partitions[explicit] ?? noPartition(topic, explicit)
    if (partitions.length === 1) return partitions[0]!
    const key = batch.keyLength(i)
    if (key >= 0) {
      const start = batch.start(i)
      return partitions[partitionOf(batch.data, start, start + key, partitions.length)]!
    }
    let chosen = sticky.get(topic)
    if (chosen === undefined) {
      chosen = Math.floor(Math.random() * partitions.length)
      sticky.set(topic, chosen)
    }
    return partitions[chosen]!
  }

  const total = to > from ? endOf(batch, to - 1) - batch.start(from) : 0
  const smallest = Math.min(limits.maxRequestBytes, limits.bufferBytes, MAX_BLOB_BYTES)
  const checkSizes = total + REQUEST_OVERHEAD > smallest
  for (let i = from; i < to; i++) {
    const target = place(i)
    const bytes = endOf(batch, i) - batch.start(i)
    const error =
      target instanceof Error
        ? target
        : checkSizes || bytes > target.topic.maxMessageBytes
          ? tooLarge(bytes, limits, target.topic)
          : null
    if (target instanceof Error || error) {
      refused.push({ sequence: sequence + i - from, partition: batch.partition(i), error: error! })
      continue
    }
    let share = shares.get(target)
    if (share && share.bytes + bytes > ROW_BYTES) {
      finish(target, share.ranges)
      share = undefined
    }
    if (!share) {
      share = { ranges: [], bytes: 0 }
      shares.set(target, share)
    }
    const { ranges } = share
    const last = ranges.length - 2
    if (last >= 0 && ranges[last]! + ranges[last + 1]! === i) ranges[last + 1]!++
    else ranges.push(i, 1)
    share.bytes += bytes + STRIDE
  }
  for (const [partition, share] of shares) finish(partition, share.ranges)
  return { staged, refused }
}

function tooLarge(bytes: number, limits: StagingLimits, topic: Topic): KafkaError | null {
  const size = bytes + REQUEST_OVERHEAD
  const refuse = (limit: number, why: string) =>
    kafkaError(
      'MESSAGE_TOO_LARGE',
      `The message is ${size} bytes when serialized which is larger than ${limit}, which is ${why}.`,
    )
  if (size > limits.maxRequestBytes) {
    return refuse(limits.maxRequestBytes, 'the value of the max.request.size configuration')
  }
  if (size > limits.bufferBytes) {
    return refuse(limits.bufferBytes, 'the value of the buffer.memory configuration')
  }
  if (bytes > topic.maxMessageBytes) {
    return refuse(topic.maxMessageBytes, `the value of max.message.bytes of topic ${topic.name}`)
  }
  if (size > MAX_BLOB_BYTES) return refuse(MAX_BLOB_BYTES, 'the most that the embedded log can store')
  return null
}

function noPartition(topic: Topic, partition: number): KafkaError {
  return kafkaError(
    'REQUEST_TIMED_OUT',
    `Partition ${partition} of topic ${topic.name} with partition count ${topic.partitions.length} is not present.`,
  )
}

function orError(find: () => Topic): Topic | KafkaError {
  try {
    return find()
  } catch (error) {
    return error as KafkaError
  }
}

import { IllegalArgumentException } from '../data/java-errors.ts'
import type { SinkOffset, TopicPartition } from '../sdk/plugin.ts'

/** How far one assigned partition has come; null offsets are not known yet. */
export class PartitionProgress {
  /** The next offset after the last batch that `put` has taken. */
  current: number | null = null
  /** The offset, with its metadata, that the group holds as far as this task knows. */
  committed: SinkOffset | null = null
  /** The next offset after what has been read but not yet put, -1 = nothing. */
  consumed = -1

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  /**
   * What follows the committed offset is read again. Invariant 1: what has been read but not put comes a second time
   * behind it; taken by `put` now, it must not carry the offset over what lies between.
   */
  rewind(): void {
    this.current = this.committed!.offset
    this.consumed = -1
  }
}

/** Progress of every partition of a sink task. Java: currentOffsets, lastCommittedOffsets, origOffsets of WorkerSinkTask */
export class SinkOffsets implements Iterable<PartitionProgress> {
  readonly #topics = new Map<string, Map<number, PartitionProgress>>()

  get(topic: string, partition: number): PartitionProgress | undefined {
    return this.#topics.get(topic)?.get(partition)
  }

  /** The progress of a partition, made when it is not known. */
  of(topic: string, partition: number): PartitionProgress {
    let partitions = this.#topics.get(topic)
    if (partitions === undefined) {
      partitions = new Map()
      this.#topics.set(topic, partitions)
    }
    let progress = partitions.get(partition)
    if (progress === undefined) {
      progress = new PartitionProgress(topic, partition)
      partitions.set(partition, progress)
    }
    return progress
  }

  /** Where the consumer stands: both what was put and what is committed. */
  position(topic: string, partition: number, offset: number): void {
    const progress = this.of(topic, partition)
    progress.committed = { topic, partition, offset }
    progress.rewind()
  }

  /** `put` has taken everything that was read. */
  delivered(): void {
    for (const progress of this) {
      if (progress.consumed < 0) continue
      progress.current = progress.consumed
      progress.consumed = -1
    }
  }

  remove(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      const left = this.#topics.get(topic)
      left?.delete(partition)
      if (left?.size === 0) this.#topics.delete(topic)
    }
  }

  /** Records that have been read but whose offsets are not committed. Java: sink-record-active-count */
  active(): number {
    let count = 0
    for (const { consumed, current, committed } of this)
      if (committed !== null)
        count += Math.max((consumed < 0 ? (current ?? 0) : consumed) - committed.offset, 0)
    return count
  }

  partitions(): TopicPartition[] {
    return [...this].map(({ topic, partition }) => ({ topic, partition }))
  }

  *[Symbol.iterator](): Iterator<PartitionProgress> {
    for (const partitions of this.#topics.values()) yield* partitions.values()
  }
}

/**
 * A task's code may give anything. The client takes negative offsets for marks such as the partition's end, and skips
 * what lies before. Java: OffsetAndMetadata and KafkaConsumer.seek, which throw this, too
 */
export function requireOffset({ topic, partition, offset }: SinkOffset): void {
  if (Number.isSafeInteger(offset) && offset >= 0) return
  throw new IllegalArgumentException(
    `Invalid offset ${text({ topic, partition })}/${offset}: it must be a whole number, 0 or more`,
  )
}

/** Connect's text for a partition, such as `orders-0`. */
export function text({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

import type { PackedBatch } from '../packed-batch.ts'
import type { KafkaError, TopicPartition, TopicPartitionOffset } from '../port.ts'
import type { StoredBatch } from './blob.ts'
import { kafkaError } from './errors.ts'
import type { Log } from './log.ts'
import type { Partition, Reader } from './partition.ts'
import type { Topics } from './topics.ts'

export type OffsetReset = 'earliest' | 'latest' | 'none'

/** One assigned partition. */
interface Slot {
  readonly topic: string
  readonly number: number
  /** Null while the topic does not exist. */
  partition: Partition | null
  /** Next offset to deliver; null = not known yet. */
  position: number | null
  paused: boolean
  /** The position at which the end was last told, or -1. */
  toldEnd: number
}

/** Reads the assigned partitions of one consumer in turn, keeping at most one stored batch in memory. */
export class Fetcher implements Reader {
  readonly #topics: Topics
  readonly #log: Log
  readonly #reset: OffsetReset
  /** Where to start in a partition that has no position yet, or null where nobody knows. */
  readonly #committed: (partition: TopicPartition) => number | null
  readonly #wake: () => void
  readonly #slots = new Map<string, Slot>()
  /** The slot whose turn it is. */
  #turn = 0
  #order: Slot[] = []
  #stored: { slot: Slot; batch: StoredBatch } | null = null

  constructor(parts: {
    topics: Topics
    log: Log
    reset: OffsetReset
    committed(partition: TopicPartition): number | null
    wake(): void
  }) {
    this.#topics = parts.topics
    this.#log = parts.log
    this.#reset = parts.reset
    this.#committed = parts.committed
    this.#wake = parts.wake
    this.#topics.on('changed', this.#lookUp)
  }

  close(): void {
    this.assign([])
    this.#topics.off('changed', this.#lookUp)
  }

  assign(partitions: readonly (TopicPartition & { offset?: number })[]): void {
    for (const slot of this.#order) slot.partition?.readers.delete(this)
    this.#slots.clear()
    this.#stored = null
    for (const { topic, partition, offset } of partitions) {
      const slot = {
        topic,
        number: partition,
        partition: null,
        position: offset ?? null,
        paused: false,
        toldEnd: -1,
      }
      this.#slots.set(keyOf(topic, partition), slot)
    }
    this.#order = [...this.#slots.values()]
    this.#turn = 0
    this.#lookUp()
  }

  assignment(): TopicPartition[] {
    return this.#order.map(slot => ({ topic: slot.topic, partition: slot.number }))
  }

  /** Topics may have come or gone. */
  readonly #lookUp = () => {
    for (const slot of this.#order) {
      const found = this.#topics.partition(slot.topic, slot.number) ?? null
      if (found === slot.partition) continue
      slot.partition?.readers.delete(this)
      slot.partition = found
      found?.readers.add(this)
      if (this.#stored?.slot === slot) this.#stored = null
    }
    this.#wake()
  }

  moved(): void {
    this.#wake()
  }

  wants(partition: Partition): number | null {
    return this.#slots.get(keyOf(partition.topic.name, partition.number))?.position ?? null
  }

  position({ topic, partition }: TopicPartition): number | null {
    return this.#slots.get(keyOf(topic, partition))?.position ?? null
  }

  seek(target: TopicPartitionOffset): void {
    const slot = this.#owned(target)
    slot.position = target.offset
    slot.toldEnd = -1
  }

  pause(partitions: readonly TopicPartition[], paused: boolean): void {
    for (const partition of partitions) this.#owned(partition).paused = paused
  }

  #owned({ topic, partition }: TopicPartition): Slot {
    const slot = this.#slots.get(keyOf(topic, partition))
    if (slot) return slot
    throw kafkaError('ILLEGAL_STATE', `No current assignment for partition ${topic}-${partition}`)
  }

  /**
   * Fills the batch with what is there now, one stored batch of each partition in turn, so that a partition
   * with a backlog does not starve the others. Throws a KafkaError where it is not known where to read.
   */
  fill(batch: PackedBatch, maxRecords: number, maxBytes: number): void {
    const slots = this.#order
    for (let empty = 0; empty < slots.length && batch.count < maxRecords; ) {
      const got = this.#fillFrom(slots[this.#turn]!, batch, maxRecords, maxBytes)
      if (got === 'part') return
      empty = got === 'none' ? empty + 1 : 0
      this.#turn = (this.#turn + 1) % slots.length
    }
  }

  /** Takes the rest of one stored batch, or the part of it that the limits leave room for. */
  #fillFrom(slot: Slot, batch: PackedBatch, maxRecords: number, maxBytes: number): 'none' | 'part' | 'all' {
    const { partition } = slot
    if (!partition || slot.paused) return 'none'
    const position = this.#valid(slot, partition)
    const end = partition.visible
    if (position >= end) return 'none'
    const stored = this.#batchAt(slot, partition, position)
    if (!stored || stored.base >= end) {
      // What is left before the end was deleted or belongs to an aborted transaction.
      slot.position = end
      return 'none'
    }
    const first = Math.max(0, position - stored.base)
    let n = stored.fitting(first, maxRecords - batch.count, maxBytes - batch.dataLength)
    if (n === 0 && batch.count === 0) n = 1
    if (n === 0) return 'part'
    stored.copyTo(batch, first, n, batch.topicNumber(slot.topic), slot.number)
    slot.position = stored.base + first + n
    if (slot.position < stored.end) return 'part'
    this.#stored = null
    return 'all'
  }

  #batchAt(slot: Slot, partition: Partition, position: number): StoredBatch | null {
    const kept = this.#stored
    if (kept && kept.slot === slot && kept.batch.base <= position && position < kept.batch.end)
      return kept.batch
    const batch = this.#log.read(partition, position)
    this.#stored = batch && { slot, batch }
    return batch
  }

  /** The slot's position, found if it is not known and reset if the log does not reach there. */
  #valid(slot: Slot, partition: Partition): number {
    if (slot.position === null) {
      const committed = this.#committed({ topic: slot.topic, partition: slot.number })
      slot.position = committed ?? this.#resetPosition(slot, partition, null)
    }
    if (slot.position < partition.start || slot.position > Math.max(partition.next, partition.start)) {
      slot.position = this.#resetPosition(slot, partition, slot.position)
    }
    return slot.position
  }

  #resetPosition(slot: Slot, partition: Partition, outside: number | null): number {
    if (this.#reset === 'earliest') return partition.start
    if (this.#reset === 'latest') return partition.visible
    const name = `${slot.topic}-${slot.number}`
    throw outside === null ? noOffset(name) : outOfRange(name, outside, partition)
  }

  /** Tells each partition whose end was reached since it was last told. Returns how many. */
  tellEnds(tell: (partition: TopicPartition, end: number) => void): number {
    let told = 0
    for (const slot of [...this.#order]) {
      const { partition, position } = slot
      if (!partition || slot.paused || position === null || position !== partition.visible) continue
      if (slot.toldEnd === position) continue
      slot.toldEnd = position
      told++
      tell({ topic: slot.topic, partition: slot.number }, position)
    }
    return told
  }
}

const keyOf = (topic: string, partition: number) => `${partition} ${topic}`

function noOffset(name: string): KafkaError {
  return kafkaError('NO_OFFSET', `Undefined offset with no reset policy for partitions: [${name}]`)
}

function outOfRange(name: string, offset: number, partition: Partition): KafkaError {
  return kafkaError(
    'OFFSET_OUT_OF_RANGE',
    `Fetch position ${offset} is out of range for partition ${name}, which holds ${partition.start} to ` +
      `${partition.next}, and no reset policy is configured.`,
  )
}

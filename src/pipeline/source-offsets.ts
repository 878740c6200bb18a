import type { OffsetMap, SourceRecord } from '../data/records.ts'
import type { RecordMetadata } from '../sdk/plugin.ts'
import type { OffsetEntry } from './offset-commit.ts'
import { partitionKey } from './partition-key.ts'

const WAITING = 0
const ACKED = 1
const SETTLED = 2
/** Slots at first: an idle task keeps few of them. */
const SMALLEST = 32

/** The records of one source partition that have been submitted, oldest first, as a list through the slots. */
class PartitionQueue {
  /** Sequence of the oldest record that is not settled, -1 = none. */
  head = -1
  tail = -1
  /** The last offset of the longest acknowledged prefix, when `moved`. */
  offset: OffsetMap | null = null
  moved = false
  /** False once forgotten: a partition object may still lead here. */
  live = true

  constructor(
    readonly key: string,
    readonly partition: OffsetMap | null,
  ) {}
}

/** The offset of a record that only counts together with a later one. */
const HELD: OffsetMap = Object.freeze({})

/** One polled record that was sent as several: it is final when the last of them is. */
export class SentAsSeveral {
  /** Where the last one lies; null when one of them was refused. */
  metadata: RecordMetadata | null = null
  refused = false
  #left: number

  constructor(
    readonly record: SourceRecord,
    count: number,
    readonly last: number,
  ) {
    this.#left = count
  }

  /** Notes an outcome, `metadata` null for a refused one; true when it was the last that was open. */
  outcome(sequence: number, metadata: RecordMetadata | null): boolean {
    if (metadata === null) this.refused = true
    if (sequence === this.last) this.metadata = metadata
    if (this.refused) this.metadata = null
    return --this.#left === 0
  }
}

/**
 * Which records have been handed to the producer, which are acknowledged, and so how far the offset of each
 * source partition may go: to the last record before its first unacknowledged one. Sequences count from 0
 * without gaps. Costs a few array writes per record and no allocation while everything comes from one
 * partition object. Java: org.apache.kafka.connect.runtime.SubmittedRecords
 */
export class SubmittedRecords {
  /** The sequence that the next submitted record gets. */
  next = 0
  /** Every record before this one is acknowledged. */
  settled = 0
  #mask = SMALLEST - 1
  #state = new Uint8Array(SMALLEST)
  /** Distance to the next record of the same source partition, 0 = none yet. */
  #link = new Int32Array(SMALLEST)
  #offsets: (OffsetMap | null)[] = new Array(SMALLEST).fill(null)
  #owners: (PartitionQueue | null)[] = new Array(SMALLEST).fill(null)
  /** The records themselves, only where somebody asks for them. */
  #records: (SourceRecord | SentAsSeveral | null)[] | null
  readonly #queues = new Map<string, PartitionQueue>()
  #byObject = new WeakMap<OffsetMap, PartitionQueue>()
  #lastPartition: OffsetMap | null | undefined
  #lastQueue: PartitionQueue | null = null

  constructor(keepRecords: boolean) {
    this.#records = keepRecords ? new Array(SMALLEST).fill(null) : null
  }

  /** Registers a record, as polled, that goes to the producer next. */
  submit(record: SourceRecord): void {
    this.#enter(record.sourcePartition ?? null, record.sourceOffset ?? null, record)
  }

  /** Registers `count` records that one polled record has become: its offset counts when all are acknowledged. */
  submitSeveral(record: SourceRecord, count: number): void {
    const several = new SentAsSeveral(record, count, this.next + count - 1)
    for (let k = 1; k < count; k++) this.#enter(record.sourcePartition ?? null, HELD, several)
    this.#enter(record.sourcePartition ?? null, record.sourceOffset ?? null, several)
  }

  #enter(partition: OffsetMap | null, offset: OffsetMap | null, record: SourceRecord | SentAsSeveral): void {
    const sequence = this.next
    if (sequence - this.settled > this.#mask) this.#grow()
    const slot = sequence & this.#mask
    let queue = this.#lastQueue
    if (queue === null || partition !== this.#lastPartition) queue = this.#find(partition)
    this.#state[slot] = WAITING
    this.#link[slot] = 0
    this.#offsets[slot] = offset
    this.#owners[slot] = queue
    if (this.#records !== null) this.#records[slot] = record
    if (queue.head < 0) queue.head = sequence
    else this.#link[queue.tail & this.#mask] = sequence - queue.tail
    queue.tail = sequence
    this.next = sequence + 1
  }

  /** Marks `count` records from sequence `first` as acknowledged; marking one twice is harmless. */
  ack(first: number, count: number): void {
    const end = Math.min(first + count, this.next)
    for (let sequence = Math.max(first, this.settled); sequence < end; sequence++) {
      const slot = sequence & this.#mask
      if (this.#state[slot] === WAITING) this.#state[slot] = ACKED
    }
  }

  /** The record of a sequence that is still unacknowledged; null for others, or when records are not kept. */
  waiting(sequence: number): SourceRecord | SentAsSeveral | null {
    if (this.#records === null || sequence < this.settled || sequence >= this.next) return null
    const slot = sequence & this.#mask
    return this.#state[slot] === WAITING ? this.#records[slot]! : null
  }

  /** Where a record that is still unacknowledged came from; null for others. */
  origin(sequence: number): OffsetEntry | null {
    if (sequence < this.settled || sequence >= this.next) return null
    const slot = sequence & this.#mask
    const owner = this.#owners[slot]
    if (this.#state[slot] !== WAITING || !owner) return null
    // The others of a record that was sent as several follow it at once.
    let at = sequence
    while (this.#offsets[at & this.#mask] === HELD) at++
    return { partition: owner.partition, offset: this.#offsets[at & this.#mask]! }
  }

  /** Moves `settled` over everything that is acknowledged. */
  settle(): void {
    const mask = this.#mask
    const state = this.#state
    let sequence = this.settled
    for (; sequence < this.next; sequence++) {
      const slot = sequence & mask
      const at = state[slot]
      if (at === WAITING) break
      // The oldest of all records is also the oldest of its partition.
      if (at === ACKED) this.#pop(slot, sequence)
      this.#owners[slot] = null
      if (this.#records !== null) this.#records[slot] = null
    }
    this.settled = sequence
    if (sequence === this.next && mask >= 64 * SMALLEST) this.#resize(SMALLEST)
  }

  /** The partitions whose committable offset has moved since the last call, with that offset. */
  committable(): OffsetEntry[] {
    this.settle()
    // An unacknowledged record holds back its own partition only.
    if (this.settled < this.next && this.#queues.size > 1) {
      for (const queue of this.#queues.values()) {
        while (queue.head >= 0 && this.#state[queue.head & this.#mask] === ACKED) {
          this.#pop(queue.head & this.#mask, queue.head)
        }
      }
    }
    const entries: OffsetEntry[] = []
    for (const queue of this.#queues.values()) {
      if (queue.moved) {
        entries.push({ partition: queue.partition, offset: queue.offset })
        queue.moved = false
      }
      if (queue.head < 0 && queue !== this.#lastQueue) {
        queue.live = false
        this.#queues.delete(queue.key)
      }
    }
    return entries
  }

  #pop(slot: number, sequence: number): void {
    const queue = this.#owners[slot]!
    const offset = this.#offsets[slot]!
    if (offset !== HELD) {
      queue.offset = offset
      queue.moved = true
    }
    const distance = this.#link[slot]!
    queue.head = distance === 0 ? -1 : sequence + distance
    this.#state[slot] = SETTLED
    this.#offsets[slot] = null
  }

  #find(partition: OffsetMap | null): PartitionQueue {
    let queue = partition === null ? undefined : this.#byObject.get(partition)
    if (queue === undefined || !queue.live) {
      const key = partitionKey(partition)
      queue = this.#queues.get(key)
      if (queue === undefined) {
        queue = new PartitionQueue(key, partition)
        this.#queues.set(key, queue)
      }
      if (partition !== null) this.#byObject.set(partition, queue)
    }
    this.#lastPartition = partition
    this.#lastQueue = queue
    return queue
  }

  #grow(): void {
    this.settle()
    if (this.next - this.settled > this.#mask) this.#resize((this.#mask + 1) * 2)
  }

  #resize(size: number): void {
    const mask = size - 1
    const state = new Uint8Array(size)
    const link = new Int32Array(size)
    const offsets: (OffsetMap | null)[] = new Array(size).fill(null)
    const owners: (PartitionQueue | null)[] = new Array(size).fill(null)
    const records: (SourceRecord | SentAsSeveral | null)[] | null =
      this.#records && new Array(size).fill(null)
    for (let sequence = this.settled; sequence < this.next; sequence++) {
      const from = sequence & this.#mask
      const to = sequence & mask
      state[to] = this.#state[from]!
      link[to] = this.#link[from]!
      offsets[to] = this.#offsets[from]!
      owners[to] = this.#owners[from]!
      if (records !== null) records[to] = this.#records![from]!
    }
    this.#mask = mask
    this.#state = state
    this.#link = link
    this.#offsets = offsets
    this.#owners = owners
    this.#records = records
  }
}

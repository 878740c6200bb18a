import { PackedBatch } from '../kafka/packed-batch.ts'
import type { Consumer, TopicPartition } from '../kafka/port.ts'
import { LONGEST_TIMER, within } from '../waiting/deadline.ts'
import type { Interrupts } from './interrupts.ts'
import { type SinkOffsets, text } from './sink-offsets.ts'
import type { SinkPauses } from './sink-pauses.ts'

export interface SinkWaitOptions {
  consumer: Consumer
  offsets: SinkOffsets
  pauses: SinkPauses
  interrupts: Interrupts
  /** As the consumer's. Throws what ends the task, of the rebalance that it has served, too. */
  poll: Consumer['poll']
  /** The task is to end: nothing is read any more. */
  stopping(): boolean
}

/** How long a record is waited for with the consumer left alone, in ms: mostly a registry answers by then. */
const PATIENCE_MS = 250

/**
 * Waits for what the record of a batch needs, such as a registry's answer, without keeping the group waiting: its
 * rebalances go on, and what they take away is not gone on with. What is not taken of the batch is read again.
 */
export class SinkWait {
  readonly #options: SinkWaitOptions
  readonly #nothing = new PackedBatch(1, 64)
  #polling = false
  /** Partitions that go on elsewhere than behind the batch in hand: revoked, or sought. */
  readonly #moved = new Set<string>()

  constructor(options: SinkWaitOptions) {
    this.#options = options
  }

  /** Some of what is left of the batch in hand is void: it is to be put back. */
  get broken(): boolean {
    return this.#moved.size > 0
  }

  hasMoved(topic: string, partition: number): boolean {
    return this.#moved.has(text({ topic, partition }))
  }

  /** Somebody else has changed the position of these partitions, or they are gone. */
  moved(partitions: readonly TopicPartition[]): void {
    if (!this.#polling) return
    for (const partition of partitions) this.#moved.add(text(partition))
    this.#options.interrupts.interrupt()
  }

  /** What `work` gives, which record `i` waits for. Throws its error, which may be an Interrupted. */
  async during<T>(work: Promise<T>, batch: PackedBatch, i: number): Promise<T> {
    const settled = work.then(
      () => true,
      () => true,
    )
    const { pauses, interrupts, stopping } = this.#options
    if ((await within(settled, PATIENCE_MS, () => false)) || stopping()) return work
    this.anchor(batch, i)
    this.#polling = true
    pauses.hold()
    try {
      await this.#poll(settled)
    } catch (error) {
      interrupts.interrupt()
      throw error
    } finally {
      this.#polling = false
      if (!stopping()) pauses.release()
    }
    return work
  }

  /** The records from index `from` come again, but for those of partitions that have moved. */
  putBack(batch: PackedBatch, from: number): void {
    const { consumer, offsets, stopping } = this.#options
    this.anchor(batch, from)
    this.#firsts(batch, from, (topic, partition, offset) => {
      if (this.hasMoved(topic, partition)) return
      const progress = offsets.of(topic, partition)
      if (progress.consumed > offset) progress.consumed = offset
      if (!stopping()) consumer.seek({ topic, partition, offset })
    })
    this.#moved.clear()
  }

  /**
   * The records from index `from` may not be put. Invariant 1: the consumer stands behind them, which nobody may commit
   * who does not know a position.
   */
  anchor(batch: PackedBatch, from: number): void {
    const { offsets } = this.#options
    this.#firsts(batch, from, (topic, partition, offset) => {
      if (this.hasMoved(topic, partition)) return
      if (offsets.get(topic, partition)?.current === null) offsets.position(topic, partition, offset)
    })
  }

  async #poll(settled: Promise<boolean>): Promise<void> {
    const { consumer, poll, stopping } = this.#options
    let over = false
    void settled.then(() => {
      over = true
      consumer.wakeup()
    })
    const limits = { maxRecords: 1, maxBytes: 1, timeoutMs: LONGEST_TIMER }
    while (!over && !stopping()) {
      if ((await poll(this.#nothing, limits)) > 0) throw new Error('The consumer gave records while paused')
    }
  }

  /** Goes through the partitions of the records from index `from`, each with the offset of its first one. */
  #firsts(
    batch: PackedBatch,
    from: number,
    visit: (topic: string, partition: number, offset: number) => void,
  ): void {
    const seen = new Set<string>()
    for (let i = from; i < batch.count; i++) {
      const topic = batch.topic(i)
      const partition = batch.partition(i)
      const name = text({ topic, partition })
      if (seen.has(name)) continue
      seen.add(name)
      visit(topic, partition, batch.offset(i))
    }
  }
}

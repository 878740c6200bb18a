import type { Topic } from './topics.ts'
import type { Transaction } from './transactions.ts'

/** Somebody who waits for records of a partition, and whose unread records retention spares. */
export interface Reader {
  /** There may be something new to read. */
  moved(): void
  /** Next offset this reader wants of the partition, or null if it does not know yet. */
  wants(partition: Partition): number | null
}

/** One partition: where it starts and ends, as written, as durable and as visible. */
export class Partition {
  /** First offset kept. */
  start: number
  /** The offset that the next record gets. */
  next: number
  /** `next` as of the last transaction that was committed to the database. */
  stored: number
  /** Records before this offset are on the disk. */
  durable: number
  /** First offset of each transaction that is still open here. */
  readonly open = new Map<Transaction, number>()
  readonly readers = new Set<Reader>()

  constructor(
    readonly topic: Topic,
    readonly number: number,
    /** Key in the tables; never used again after the topic is deleted. */
    readonly id: number,
    start: number,
    next: number,
  ) {
    this.start = start
    this.next = next
    this.stored = next
    this.durable = next
  }

  /** Consumers see what lies before this offset: durable, and before any open transaction. */
  get visible(): number {
    let end = this.durable
    for (const first of this.open.values()) if (first < end) end = first
    return end
  }

  /** Tells the readers that `visible` may have moved. */
  notify(): void {
    for (const reader of this.readers) reader.moved()
  }
}

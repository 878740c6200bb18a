import type { PackedBatch } from '../packed-batch.ts'
import type { PackedConsumer } from './addon.ts'
import { TopicNumbers } from './topic-numbers.ts'

// Places in the numbers that are exchanged with native/packed-consumer.cc.
const COUNT = 0
const DATA_LENGTH = 1
const MAX_RECORDS = 2
const MAX_BYTES = 3
const REASON = 4
const NEEDED = 5
// How a call of `consume` ended.
const DATA_FULL = 2
const NEW_TOPIC = 3
const INDEX_FULL = 4

/** Moves fetched records from the native consumer into batches, which grow as needed. */
export class Fetch {
  readonly #packed: PackedConsumer
  readonly #exchange = new Float64Array(6)
  readonly #exchangeBytes = new Uint8Array(this.#exchange.buffer)
  readonly #names: string[] = []
  readonly #topics = new TopicNumbers()
  #indexOf: ArrayBuffer | null = null
  #index = new Uint8Array(0)

  constructor(packed: PackedConsumer) {
    this.#packed = packed
  }

  /** Appends what is there, within the limits; callbacks of the client run inside. */
  fill(batch: PackedBatch, maxRecords: number, maxBytes: number): void {
    const x = this.#exchange
    for (;;) {
      if (batch.index !== this.#indexOf) {
        this.#indexOf = batch.index
        this.#index = new Uint8Array(batch.index)
      }
      x[COUNT] = batch.count
      x[DATA_LENGTH] = batch.dataLength
      x[MAX_RECORDS] = maxRecords
      x[MAX_BYTES] = maxBytes
      const topics = this.#topics.inBatch(this.#names, batch)
      this.#packed.consume(this.#index, batch.data, topics, this.#exchangeBytes)
      batch.count = x[COUNT]
      batch.dataLength = x[DATA_LENGTH]
      const reason = x[REASON]
      if (reason === NEW_TOPIC) this.#names.push(...this.#packed.topicNames(this.#names.length))
      else if (reason === DATA_FULL) batch.reserve(0, x[NEEDED]!)
      else if (reason === INDEX_FULL) batch.reserve(1, 0)
      else return
    }
  }
}

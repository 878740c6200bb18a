import { PackedBatch } from '../kafka/packed-batch.ts'

/** What one record costs beside its bytes. */
const RECORD_BYTES = 64
const SPARE_BATCHES = 4
/** A batch takes records of further polls while it holds less than this. */
const OPEN_BYTES = 192 * 1024
const OPEN_RECORDS = 1024

interface Sent {
  batch: PackedBatch
  /** Sequence of its first record. */
  first: number
}

/**
 * The batches that hold unacknowledged records, oldest first: what a new producer has to send again when the
 * old one dies. Bounded in bytes (invariant 7): a full window makes the task wait for acknowledgements.
 */
export class InFlight {
  readonly #limit: number
  readonly #sent: Sent[] = []
  readonly #spare: PackedBatch[] = []
  /** Without the last batch, which may still grow. */
  #bytes = 0
  /** Where a topic was found last: outcomes come in order, most of one batch after the other. */
  #lastFound = 0

  constructor(limitBytes: number) {
    this.#limit = limitBytes
  }

  /** False when no further batch may be sent until records are acknowledged; one batch always may. */
  get hasRoom(): boolean {
    return this.#bytes < this.#limit
  }

  /**
   * The batch that the next records are appended to: the last one, or a new one for the record with sequence
   * `next`. Single records must not take a buffer each.
   */
  open(next: number): PackedBatch {
    const last = this.#sent.at(-1)
    if (last && last.batch.count < OPEN_RECORDS && last.batch.dataLength < OPEN_BYTES) return last.batch
    if (last) this.#bytes += cost(last.batch)
    const batch = this.#spare.pop() ?? new PackedBatch()
    batch.clear()
    this.#sent.push({ batch, first: next })
    return batch
  }

  /** Lets go of the batches whose records all lie before sequence `settled`. */
  release(settled: number): void {
    let n = 0
    for (const { batch, first } of this.#sent) {
      if (first + batch.count > settled) break
      if (n < this.#sent.length - 1) this.#bytes -= cost(batch)
      if (this.#spare.length < SPARE_BATCHES) this.#spare.push(batch)
      n++
    }
    if (n > 0) this.#sent.splice(0, n)
  }

  /** The topic of a record that is held, by its sequence. */
  topicOf(sequence: number): string | null {
    const last = this.#sent[this.#lastFound]
    if (last && sequence >= last.first && sequence < last.first + last.batch.count)
      return last.batch.topic(sequence - last.first)
    let low = 0
    let high = this.#sent.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const { batch, first } = this.#sent[middle]!
      if (sequence < first) high = middle - 1
      else if (sequence >= first + batch.count) low = middle + 1
      else {
        this.#lastFound = middle
        return batch.topic(sequence - first)
      }
    }
    return null
  }

  /** Everything held, oldest first. */
  batches(): readonly Readonly<Sent>[] {
    return this.#sent
  }
}

function cost(batch: PackedBatch): number {
  return batch.dataLength + batch.count * RECORD_BYTES
}

import type { Statement } from 'bun:sqlite'
import type { Journal } from './journal.ts'
import type { Partition } from './partition.ts'

/** The records of one transaction, while it is open. */
export class Transaction {
  readonly partitions = new Set<Partition>()
  constructor(readonly id: number) {}
}

/** A producer that can be shut out by a newer one with its `transactional.id`. */
export interface TransactionOwner {
  /** Dead from now on; its open transaction is to be aborted. */
  fence(): Promise<void>
}

/**
 * Who may write under which `transactional.id`, and the ends of transactions. Records of an open one stand in
 * the log at their offsets, but no reader passes its first offset; an aborted one leaves a gap.
 */
export class Transactions {
  readonly #journal: Journal
  readonly #owners = new Map<string, TransactionOwner>()
  #lastId = 0
  readonly #forget: Statement<unknown, [number]>
  readonly #dropBlobs: Statement<unknown, [number]>
  readonly #dropBatches: Statement<unknown, [number]>

  constructor(journal: Journal) {
    this.#journal = journal
    const { db } = journal
    this.#forget = db.prepare('DELETE FROM open_batches WHERE txn = ?')
    this.#dropBlobs = db.prepare(
      'DELETE FROM blobs WHERE id IN (SELECT blob FROM open_batches WHERE txn = ?)',
    )
    this.#dropBatches = db.prepare(
      'DELETE FROM batches WHERE (partition, base) IN (SELECT partition, base FROM open_batches WHERE txn = ?)',
    )
  }

  /** Makes `owner` the only one under this id; an older one is fenced and its transaction aborted. */
  async claim(id: string, owner: TransactionOwner): Promise<void> {
    const older = this.#owners.get(id)
    this.#owners.set(id, owner)
    if (older && older !== owner) await older.fence()
  }

  /** Nobody owns the id any more; who did is fenced and its transaction aborted. */
  async fence(id: string): Promise<void> {
    const owner = this.#owners.get(id)
    this.#owners.delete(id)
    await owner?.fence()
  }

  release(id: string, owner: TransactionOwner): void {
    if (this.#owners.get(id) === owner) this.#owners.delete(id)
  }

  begin(): Transaction {
    return new Transaction(++this.#lastId)
  }

  /** Resolves when the records of the transaction are durable; then they are visible. */
  async commit(transaction: Transaction): Promise<void> {
    await this.#journal.change(() => void this.#forget.run(transaction.id))
    this.#close(transaction)
  }

  /** Deletes the records of the transaction. */
  async abort(transaction: Transaction): Promise<void> {
    await this.#journal.change(() => {
      this.#dropBlobs.run(transaction.id)
      this.#dropBatches.run(transaction.id)
      this.#forget.run(transaction.id)
    })
    this.#close(transaction)
  }

  #close(transaction: Transaction): void {
    for (const partition of transaction.partitions) {
      partition.open.delete(transaction)
      partition.notify()
    }
  }
}

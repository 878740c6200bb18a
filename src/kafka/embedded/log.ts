import type { Statement } from 'bun:sqlite'
import type { KafkaError } from '../port.ts'
import { joinBlobs, StoredBatch } from './blob.ts'
import { BlobPool } from './blob-pool.ts'
import { isDamage, markSuspect } from './database.ts'
import { kafkaError } from './errors.ts'
import type { Change, Journal } from './journal.ts'
import type { Partition } from './partition.ts'
import type { Transaction } from './transactions.ts'

/** Records of one producer for one partition, on their way into the log. */
export interface Piece {
  partition: Partition
  transaction: Transaction | null
  /** From the log's pool, to which it returns when it is written. */
  blob: Uint8Array
  count: number
  maxTimestamp: number
  /** Offset of its first record, from when it was written. */
  base: number
  /** Tells the producer: once, when the piece is durable (or, in a transaction, written) or has failed. */
  done(piece: Piece, error: KafkaError | null): void
}

interface BatchRow {
  base: number
  count: number
  crc: number
  blob: number
}

const NO_BYTES = new Uint8Array(0)
/** Pieces up to this size are joined into one row, so that a trickle of records stays quick to read. */
const JOIN_BYTES = 64 << 10
const JOINED_BYTES = 512 << 10

/** Appends to and reads from partitions. */
export class Log {
  readonly pool = new BlobPool()
  readonly #journal: Journal
  readonly #file: string
  #pending: Piece[] = []
  readonly #insertBlob: Statement<unknown, [Uint8Array]>
  readonly #insertBatch: Statement<unknown, [number, number, number, number, number, number, number]>
  readonly #insertOpen: Statement<unknown, [number, number, number, number]>
  readonly #setNext: Statement<unknown, [number, number]>
  readonly #floor: Statement<BatchRow, [number, number]>
  readonly #ceiling: Statement<BatchRow, [number, number]>
  readonly #blob: Statement<{ data: Uint8Array }, [number]>

  constructor(journal: Journal, file: string) {
    this.#journal = journal
    this.#file = file
    const { db } = journal
    this.#insertBlob = db.prepare('INSERT INTO blobs(data) VALUES (?)')
    this.#insertBatch = db.prepare('INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?)')
    this.#insertOpen = db.prepare('INSERT INTO open_batches VALUES (?, ?, ?, ?)')
    this.#setNext = db.prepare('UPDATE partitions SET next = ? WHERE id = ?')
    const batch = 'SELECT base, count, crc, blob FROM batches WHERE partition = ? AND base'
    this.#floor = db.prepare(`${batch} <= ? ORDER BY base DESC LIMIT 1`)
    this.#ceiling = db.prepare(`${batch} > ? ORDER BY base LIMIT 1`)
    this.#blob = db.prepare('SELECT data FROM blobs WHERE id = ?')
  }

  /** Queues a piece behind all earlier ones. Offsets are given when it is written. */
  append(piece: Piece): void {
    this.#pending.push(piece)
    this.#journal.add(new Append(this, piece, this.#pending.length === 1))
  }

  /** Everything queued; pieces queued from now on belong to the next transaction. */
  takePending(): Piece[] {
    const pieces = this.#pending
    this.#pending = []
    return pieces
  }

  write(pieces: readonly Piece[]): void {
    const touched = new Set<Partition>()
    for (const run of joinable(pieces)) {
      const first = run[0]!
      const { partition } = first
      const blob = run.length === 1 ? first.blob : joinBlobs(run)
      const base = partition.next
      let count = 0
      let maxTimestamp = -1
      for (const piece of run) {
        piece.base = base + count
        count += piece.count
        maxTimestamp = Math.max(maxTimestamp, piece.maxTimestamp)
      }
      partition.next = base + count
      touched.add(partition)
      const id = Number(this.#insertBlob.run(blob).lastInsertRowid)
      this.#insertBatch.run(partition.id, base, count, maxTimestamp, blob.length, Bun.hash.crc32(blob), id)
      const { transaction } = first
      if (transaction) {
        if (!partition.open.has(transaction)) partition.open.set(transaction, base)
        this.#insertOpen.run(transaction.id, partition.id, base, id)
      }
    }
    for (const partition of touched) this.#setNext.run(partition.next, partition.id)
  }

  /**
   * The batch that holds `offset`, or the next one behind a gap; null if there is none. Throws a KafkaError
   * for a batch whose bytes are not those that were written.
   */
  read(partition: Partition, offset: number): StoredBatch | null {
    try {
      let row = this.#floor.get(partition.id, offset)
      if (!row || row.base + row.count <= offset) row = this.#ceiling.get(partition.id, offset)
      if (!row) return null
      const data = this.#blob.get(row.blob)?.data
      if (data && Bun.hash.crc32(data) === row.crc) return new StoredBatch(row.base, row.count, data)
      throw this.#corrupt(partition, row.base, data ? 'its checksum does not match' : 'its bytes are missing')
    } catch (error) {
      if (isDamage(error)) throw this.#corrupt(partition, offset, (error as Error).message)
      throw error
    }
  }

  #corrupt(partition: Partition, offset: number, reason: string): KafkaError {
    markSuspect(this.#file, reason)
    const { topic, number } = partition
    return kafkaError(
      'CORRUPT_MESSAGE',
      `Record batch at offset ${offset} of ${topic.name}-${number} in ${this.#file} is damaged: ${reason}. Seek ` +
        'behind it to go on without it, or restart the worker to have the whole file checked.',
    )
  }
}

/** The change of the first pending piece writes all that are pending by then; the others only count. */
class Append implements Change {
  readonly bytes: number
  readonly lazy: boolean
  #pieces: readonly Piece[] | null = null

  constructor(
    readonly log: Log,
    piece: Piece,
    readonly leads: boolean,
  ) {
    this.bytes = piece.blob.length
    this.lazy = piece.transaction !== null
  }

  write(): void {
    if (this.leads) this.log.write(this.#take())
  }

  written(): void {
    for (const piece of this.#pieces ?? []) {
      piece.partition.stored = piece.partition.next
      this.log.pool.give(piece.blob)
      piece.blob = NO_BYTES
      if (piece.transaction) piece.done(piece, null)
    }
  }

  settled(error: KafkaError | null): void {
    if (!this.leads) return
    const moved = new Set<Partition>()
    for (const piece of this.#take()) {
      const { partition } = piece
      if (error) {
        partition.next = partition.stored
      } else {
        const end = piece.base + piece.count
        if (end > partition.durable) partition.durable = end
        moved.add(partition)
      }
      if (error || !piece.transaction) piece.done(piece, error)
    }
    for (const partition of moved) partition.notify()
  }

  /** Not yet taken when another change broke the transaction before this one's turn. */
  #take(): readonly Piece[] {
    this.#pieces ??= this.log.takePending()
    return this.#pieces
  }
}

/** Groups neighbours that may share a row: same partition, same transaction, small. Order per partition stays. */
function joinable(pieces: readonly Piece[]): Piece[][] {
  if (pieces.length === 1) return [[pieces[0]!]]
  const runs: Piece[][] = []
  const last = new Map<Partition, { run: Piece[]; bytes: number }>()
  for (const piece of pieces) {
    const bytes = piece.blob.length
    const open = last.get(piece.partition)
    if (
      open &&
      bytes <= JOIN_BYTES &&
      open.bytes + bytes <= JOINED_BYTES &&
      open.run[0]!.transaction === piece.transaction
    ) {
      open.run.push(piece)
      open.bytes += bytes
    } else {
      const run = [piece]
      runs.push(run)
      last.set(piece.partition, { run, bytes })
    }
  }
  return runs
}

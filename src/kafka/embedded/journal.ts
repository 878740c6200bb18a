import type { Database } from 'bun:sqlite'
import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { logger } from '../../observe/log.ts'
import type { KafkaError } from '../port.ts'
import { isDamage, markSuspect, type OpenDatabase } from './database.ts'
import { kafkaError } from './errors.ts'

const log = logger('bunnect.embedded')

/** One change of the log, written together with all others of the same moment. */
export interface Change {
  /** About how many bytes `write` writes. */
  readonly bytes: number
  /** True where nobody waits for the disk: such changes are synced with the next one that is not lazy. */
  readonly lazy?: boolean
  /** Writes to the database, inside a transaction. A throw undoes the whole transaction. */
  write(): void
  /** The transaction is committed, but a power loss may still take it back. */
  written?(): void
  /** null: the change is durable. Otherwise it has not been made, and the reason is told. */
  settled(error: KafkaError | null): void
}

/** Stands for a change that nobody waits for. */
const NOTHING: Change = { bytes: 0, lazy: true, write() {}, settled() {} }
/** While one sync runs, smaller changes wait for it so that the next one takes many. */
const WRITE_DURING_SYNC = 4 << 20
const CHECKPOINT_BYTES = 32 << 20
/** Pages that a small transaction rewrites besides its own bytes. */
const BYTES_PER_TRANSACTION = 64 << 10

/**
 * Group commit. Changes of one turn of the event loop are one transaction; the write-ahead log is then synced
 * off this thread, and only afterwards do the changes count as settled. That is SQLite's `synchronous=FULL`
 * without its wait: with NORMAL it never syncs a commit itself, and a log cut short by a power loss is still
 * a prefix of what was written. Checkpoints do the same: copy, sync off the thread, and no transaction
 * meanwhile, because the next one would overwrite the log that the database file still needs.
 */
export class Journal {
  readonly db: Database
  readonly #open: OpenDatabase
  readonly #walFd: number
  // Closing any descriptor of a file drops the locks that SQLite holds on it: closed last.
  readonly #dbFd: number
  #queue: Change[] = []
  #queuedBytes = 0
  #unsynced: Change[] = []
  #eager = false
  #scheduled = false
  #syncing = false
  #checkpointing = false
  #bytesSinceCheckpoint = 0
  #broken: KafkaError | null = null
  #closing = false
  readonly #idle: (() => void)[] = []
  readonly #begin
  readonly #commit
  readonly #rollback

  constructor(open: OpenDatabase) {
    this.#open = open
    this.db = open.db
    this.#begin = this.db.prepare('BEGIN IMMEDIATE')
    this.#commit = this.db.prepare('COMMIT')
    this.#rollback = this.db.prepare('ROLLBACK')
    // A first write makes sure that the write-ahead log exists.
    this.db.run("INSERT OR REPLACE INTO meta VALUES ('opened', strftime('%Y-%m-%dT%H:%M:%fZ'))")
    this.#walFd = openSync(`${open.file}-wal`, 'r')
    this.#dbFd = openSync(open.file, 'r')
    const directory = openSync(dirname(open.file), 'r')
    fsyncSync(directory)
    closeSync(directory)
  }

  /** Queues a change; it is written in this turn of the event loop or soon after. */
  add(change: Change): void {
    if (this.#broken || this.#closing) {
      const error = this.#broken ?? closed()
      queueMicrotask(() => change.settled(error))
      return
    }
    this.#queue.push(change)
    this.#queuedBytes += change.bytes
    this.#schedule()
  }

  /** Makes a small change; resolves when it is durable, rejects with a KafkaError when it was not made. */
  change(write: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.add({ bytes: 256, write, settled: error => (error ? reject(error) : resolve()) })
    })
  }

  /**
   * Makes a rare change at once, in a transaction of its own. It becomes durable with the next sync: before
   * any change that is added later.
   */
  now<T>(write: (db: Database) => T): T {
    if (this.#broken || this.#closing) throw this.#broken ?? closed()
    // A transaction would overwrite the log that the running checkpoint's sync is about.
    if (this.#checkpointing) fdatasyncSync(this.#dbFd)
    this.#bytesSinceCheckpoint += BYTES_PER_TRANSACTION
    // A checkpoint may copy only what was synced.
    this.#unsynced.push(NOTHING)
    try {
      return this.db.transaction(() => write(this.db))()
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** Waits for all changes, then closes the database. */
  async close(): Promise<void> {
    if (this.#closing) return
    while (
      !this.#broken &&
      (this.#queue.length || this.#unsynced.length || this.#syncing || this.#checkpointing)
    ) {
      await new Promise<void>(resolve => {
        this.#eager = true
        this.#idle.push(resolve)
        this.#schedule()
      })
    }
    this.#closing = true
    this.db.run('PRAGMA synchronous = FULL')
    this.#open.close()
    closeSync(this.#walFd)
    closeSync(this.#dbFd)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#turn()
    })
  }

  #turn(): void {
    if (this.#broken || this.#checkpointing) return
    if (this.#bytesSinceCheckpoint > CHECKPOINT_BYTES) {
      // Changes wait: under a steady load the log would otherwise never be free to be copied.
      if (this.#syncing) return
      if (this.#unsynced.length) {
        this.#sync()
        return
      }
      this.#checkpoint()
      if (this.#checkpointing) return
    }
    if (this.#queue.length && !(this.#syncing && this.#queuedBytes < WRITE_DURING_SYNC)) this.#write()
    if (!this.#syncing && this.#unsynced.length && this.#eager) this.#sync()
    if (!this.#queue.length && !this.#unsynced.length && !this.#syncing) {
      for (const resolve of this.#idle.splice(0)) resolve()
    }
  }

  #write(): void {
    const changes = this.#queue
    const bytes = this.#queuedBytes
    this.#queue = []
    this.#queuedBytes = 0
    try {
      this.#begin.run()
      for (const change of changes) change.write()
      this.#commit.run()
    } catch (error) {
      if (this.db.inTransaction) this.#rollback.run()
      if ((error as { code?: string }).code === 'SQLITE_IOERR_FSYNC') {
        this.#break(error as Error, changes)
        return
      }
      const reason = this.#failure(error)
      for (const change of changes) change.settled(reason)
      return
    }
    this.#bytesSinceCheckpoint += bytes + BYTES_PER_TRANSACTION
    for (const change of changes) {
      this.#unsynced.push(change)
      if (!change.lazy) this.#eager = true
      change.written?.()
    }
  }

  #sync(): void {
    const changes = this.#unsynced
    this.#unsynced = []
    this.#eager = false
    this.#syncing = true
    fdatasync(this.#walFd, error => {
      this.#syncing = false
      if (error) return this.#break(error, changes)
      // Invariant 1: the only place where a change is told to be durable.
      for (const change of changes) change.settled(null)
      this.#turn()
    })
  }

  #checkpoint(): void {
    this.#bytesSinceCheckpoint = 0
    try {
      // The log is synced already, and the database file is synced below.
      this.db.run('PRAGMA synchronous = OFF')
      this.db.run('PRAGMA wal_checkpoint(PASSIVE)')
      this.db.run('PRAGMA synchronous = NORMAL')
    } catch (error) {
      this.db.run('PRAGMA synchronous = NORMAL')
      // Everything stays in the write-ahead log, from where the next attempt takes it.
      log.warn(this.#failure(error).message)
      return
    }
    this.#checkpointing = true
    fdatasync(this.#dbFd, error => {
      this.#checkpointing = false
      if (error) return this.#break(error, [])
      this.#turn()
    })
  }

  /** After a failed sync nobody knows what is on the disk: nothing may be acknowledged any more. */
  #break(error: Error, changes: Change[]): void {
    const reason = kafkaError(
      'KAFKA_STORAGE_ERROR',
      `The embedded log ${this.#open.file} could not be synced to disk: ${error.message}. Check the disk, then ` +
        'restart the worker; records that were not acknowledged will be sent again.',
      error,
    )
    this.#broken = reason
    for (const change of [...changes, ...this.#unsynced.splice(0), ...this.#queue.splice(0)])
      change.settled(reason)
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  #failure(error: unknown): KafkaError {
    const { file } = this.#open
    const code = (error as { code?: string }).code
    const message = (error as Error).message
    if (code === 'SQLITE_FULL') {
      return kafkaError(
        'KAFKA_STORAGE_ERROR',
        `The disk of the embedded log ${file} is full: records were not stored and not acknowledged. Free some ` +
          'space there (or lower bunnect.embedded.retention.ms or .bytes), then restart what failed.',
        error,
      )
    }
    if (isDamage(error)) {
      markSuspect(file, message)
      return kafkaError(
        'KAFKA_STORAGE_ERROR',
        `The embedded log ${file} is damaged: ${message}. Restart the worker: it checks the file and, if it is ` +
          'broken, moves it aside.',
        error,
      )
    }
    return kafkaError(
      'KAFKA_STORAGE_ERROR',
      `The embedded log ${file} could not be written: ${message}`,
      error,
    )
  }
}

function closed(): KafkaError {
  return kafkaError('ILLEGAL_STATE', 'The embedded log is closed.')
}

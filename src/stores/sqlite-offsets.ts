import { Database, type Statement } from 'bun:sqlite'
import { ConnectException } from '../data/errors.ts'
import type { OffsetMap } from '../data/records.ts'
import type { RawOffset } from './java-offset-file.ts'
import type { OffsetEntry, OffsetStore } from './offset-store.ts'
import { decodeKey, decodeValue, encodeKey, encodeValue, sortedKey } from './offset-text.ts'

/** Written into the file's header: `bnct`. */
const APPLICATION_ID = 0x626e6374
const SCHEMA_VERSION = 1

interface Row {
  key: Uint8Array
  value: Uint8Array | null
}

interface Write {
  entries: { key: Buffer; value: Buffer | null; sorted: string }[]
  connector: string
  resolve(): void
  reject(error: unknown): void
}

/**
 * Source offsets in one SQLite file that this process alone holds: every group of writes is one transaction,
 * synced before it is answered (invariant 1). Keys and values are Connect's own bytes.
 * Java: org.apache.kafka.connect.storage.FileOffsetBackingStore
 */
export class SqliteOffsets implements OffsetStore {
  readonly #db: Database
  readonly #path: string
  readonly #onClose: () => void
  readonly #find: Statement<Row, [string, Uint8Array]>
  readonly #list: Statement<Row, [string]>
  readonly #put: Statement<never, [Uint8Array, Uint8Array | null, string | null, string | null]>
  #queue: Write[] = []
  #group: Promise<void> | null = null
  #closed: Promise<void> | null = null

  /** Takes the lock and makes the tables of a new file; errors are SQLite's own. */
  constructor(path: string, onClose: () => void = () => {}) {
    this.#path = path
    this.#db = new Database(path, { create: true, readwrite: true, strict: true })
    this.#onClose = onClose
    try {
      prepare(this.#db)
      this.#find = this.#db.query(
        'SELECT key, value FROM offsets WHERE sorted = ?1 ORDER BY key <> ?2, key LIMIT 1',
      )
      this.#list = this.#db.query('SELECT key, value FROM offsets WHERE connector = ? ORDER BY key')
      this.#put = this.#db.query(
        'INSERT INTO offsets (key, value, connector, sorted) VALUES (?1, ?2, ?3, ?4) ' +
          'ON CONFLICT (key) DO UPDATE SET value = ?2',
      )
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  async get(connector: string, partitions: readonly (OffsetMap | null)[]): Promise<(OffsetMap | null)[]> {
    await this.#settled()
    return partitions.map(partition => {
      const row = this.#find.get(sortedKey(connector, partition), encodeKey(connector, partition))
      return row?.value ? decodeValue(row.value) : null
    })
  }

  async set(connector: string, entries: readonly OffsetEntry[]): Promise<void> {
    const encoded = entries.map(({ partition, offset }) => ({
      key: encodeKey(connector, partition),
      value: offset === null ? null : encodeValue(offset),
      sorted: sortedKey(connector, partition),
    }))
    if (encoded.length === 0) return
    if (this.#closed) throw new ConnectException('The offset store is closed')
    await new Promise<void>((resolve, reject) => {
      this.#queue.push({ entries: encoded, connector, resolve, reject })
      // Group commit: whoever calls in the same turn of the event loop shares one sync to disk.
      this.#group ??= new Promise(done => setImmediate(() => done(this.#commit())))
    })
  }

  async list(connector: string): Promise<OffsetEntry[]> {
    await this.#settled()
    const entries: OffsetEntry[] = []
    for (const { key, value } of this.#list.all(connector)) {
      const decoded = decodeKey(key)
      if (decoded) entries.push({ partition: decoded.partition, offset: value && decodeValue(value) })
    }
    return entries
  }

  /** All rows as Connect's bytes, for the export. */
  raw(): RawOffset[] {
    return this.#db.query<Row, []>('SELECT key, value FROM offsets ORDER BY key').all()
  }

  /** Takes over bytes that Connect wrote, in one transaction. */
  importRaw(offsets: readonly RawOffset[]): void {
    this.#db.transaction(() => {
      for (const { key, value } of offsets) {
        const decoded = decodeKey(key)
        this.#put.run(
          key,
          value,
          decoded?.connector ?? null,
          decoded && sortedKey(decoded.connector, decoded.partition),
        )
      }
    })()
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#settled()
      this.#db.close(true)
      this.#onClose()
    })()
    return this.#closed
  }

  /** Reads see every write that was asked for before them (invariant 3). */
  async #settled(): Promise<void> {
    while (this.#group) await this.#group
  }

  #commit(): void {
    const writes = this.#queue
    this.#queue = []
    this.#group = null
    try {
      this.#db
        .transaction(() => {
          for (const { connector, entries } of writes) {
            for (const { key, value, sorted } of entries) {
              // The same partition under another order of its fields: the bytes already stored stay the key.
              const stored = this.#find.get(sorted, key)
              this.#put.run(stored?.key ?? key, value, connector, sorted)
            }
          }
        })
        .immediate()
    } catch (error) {
      const failure = this.#failure(error)
      for (const write of writes) write.reject(failure)
      return
    }
    for (const write of writes) write.resolve()
  }

  #failure(cause: unknown): ConnectException {
    const { code, message } = cause as { code?: string; message: string }
    const full = code === 'SQLITE_FULL' || code?.startsWith('SQLITE_IOERR')
    return new ConnectException(`Could not store source offsets in ${this.#path}: ${message} (${code})`, {
      cause,
      hint: full
        ? 'Free space on its disk; the offsets are stored with the next commit.'
        : 'Stop the worker and check the file; its offsets can be exported by bunnect offsets export.',
    })
  }
}

/** Thrown for a database that holds something else than offsets. */
export class ForeignDatabase extends Error {}

function prepare(db: Database): void {
  // One owner: the lock is held for the life of the process, and the WAL needs no shared memory file.
  db.run('PRAGMA locking_mode = EXCLUSIVE')
  db.run('PRAGMA temp_store = MEMORY')
  db.run('PRAGMA journal_mode = WAL')
  db.run('PRAGMA synchronous = FULL')
  db.run('PRAGMA cache_size = -512')
  db.run('BEGIN IMMEDIATE')
  const id = number(db, 'application_id')
  const tables = db.query<{ n: number }, []>('SELECT count(*) AS n FROM sqlite_schema').get()?.n ?? 0
  if (id !== APPLICATION_ID && (id !== 0 || tables > 0)) throw new ForeignDatabase()
  if (number(db, 'user_version') > SCHEMA_VERSION)
    throw new ForeignDatabase('it was written by a newer version of bunnect')
  if (tables === 0) {
    db.run(
      'CREATE TABLE offsets (key BLOB PRIMARY KEY NOT NULL, value BLOB, connector TEXT, sorted TEXT) WITHOUT ROWID',
    )
    db.run('CREATE INDEX offsets_by_sorted ON offsets (sorted)')
    db.run('CREATE INDEX offsets_by_connector ON offsets (connector)')
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`)
    db.run(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  }
  db.run('COMMIT')
  const check = db.query<{ quick_check: string }, []>('PRAGMA quick_check(1)').get()?.quick_check
  if (check !== 'ok') throw Object.assign(new Error(`quick_check: ${check}`), { code: 'SQLITE_CORRUPT' })
}

function number(db: Database, pragma: string): number {
  return Number(Object.values(db.query<Record<string, number>, []>(`PRAGMA ${pragma}`).get() ?? {})[0] ?? 0)
}

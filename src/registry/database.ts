import { Database, SQLiteError } from 'bun:sqlite'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConnectException } from '../data/errors.ts'
import { networkFileSystemOf } from '../observe/file-system.ts'

/** Written into the file's header: `bnsr`. */
const APPLICATION_ID = 0x626e_7372
const FORMAT = 1

/**
 * schemas   what is known by an id of a context; the rowid tells which of two with one guid came last
 * versions  where schemas are registered
 * refs      which schema builds on which version
 * last_ids  the highest id that a context ever had: what was deleted for good gives none back
 * configs   by subject, by `:.context:`, or by the empty text for all; so are modes
 */
const TABLES = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE contexts(name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE schemas(
  context TEXT NOT NULL, id INTEGER NOT NULL, guid TEXT NOT NULL, type TEXT NOT NULL, text TEXT NOT NULL,
  "references" TEXT NOT NULL, metadata TEXT, rule_set TEXT, UNIQUE(context, id));
CREATE INDEX schemas_by_guid ON schemas(guid, context);
CREATE TABLE versions(
  subject TEXT NOT NULL, version INTEGER NOT NULL, context TEXT NOT NULL, id INTEGER NOT NULL,
  deleted INTEGER NOT NULL, timestamp INTEGER NOT NULL, PRIMARY KEY(subject, version)) WITHOUT ROWID;
CREATE INDEX versions_by_id ON versions(context, id);
CREATE TABLE refs(
  context TEXT NOT NULL, id INTEGER NOT NULL, subject TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY(subject, version, context, id)) WITHOUT ROWID;
CREATE TABLE last_ids(context TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE configs(subject TEXT PRIMARY KEY, config TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE modes(subject TEXT PRIMARY KEY, mode TEXT NOT NULL) WITHOUT ROWID;
`

/**
 * Opens or creates the file for this process alone. Throws ConnectException with what to do when another process has
 * it, when it is no such file, or when it lies where locks mean nothing.
 */
export function openDatabase(file: string): Database {
  try {
    mkdirSync(dirname(file), { recursive: true })
  } catch (cause) {
    throw new ConnectException(
      `The folder of the schema registry, ${dirname(file)}, cannot be created: ${(cause as Error).message}`,
      { cause, hint: 'Name a folder that this user may write.' },
    )
  }
  const network = networkFileSystemOf(file)
  if (network) {
    throw new ConnectException(
      `${dirname(file)} lies on a network file system (${network}), where the schema registry can lose schemas`,
      { hint: 'Name a folder on a local disk.' },
    )
  }
  try {
    return prepared(file)
  } catch (error) {
    throw explained(file, error)
  }
}

function prepared(file: string): Database {
  const db = new Database(file, { create: true, readwrite: true, strict: true })
  try {
    db.run('PRAGMA busy_timeout = 0')
    db.run('PRAGMA locking_mode = EXCLUSIVE')
    db.run('PRAGMA journal_mode = WAL')
    // Invariant 1: a commit returns when it is on the disk, and only then is anybody answered.
    db.run('PRAGMA synchronous = FULL')
    db.transaction(() => createTables(db, file)).immediate()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function createTables(db: Database, file: string): void {
  const pragma = (name: string) =>
    Object.values(db.query<Record<string, number>, []>(`PRAGMA ${name}`).get()!)[0]!
  const format = pragma('user_version')
  const isEmpty = db.query('SELECT 1 FROM sqlite_master LIMIT 1').get() === null
  if (!isEmpty && pragma('application_id') !== APPLICATION_ID) {
    throw new ConnectException(`${file} is the file of another program, not that of a schema registry`, {
      hint: 'Name another folder.',
    })
  }
  if (format > FORMAT) {
    throw new ConnectException(
      `${file} was written by a newer bunnect (format ${format}, this one knows ${FORMAT})`,
      { hint: 'Start that bunnect again, or name another folder.' },
    )
  }
  if (!isEmpty) return
  db.run(`PRAGMA application_id = ${APPLICATION_ID}`)
  db.run(`PRAGMA user_version = ${FORMAT}`)
  db.run(TABLES)
  db.query('INSERT INTO meta VALUES (?, ?)').run('cluster.id', randomBytes(16).toString('base64url'))
}

function explained(file: string, error: unknown): unknown {
  if (!(error instanceof SQLiteError)) return error
  if (error.code?.startsWith('SQLITE_BUSY')) {
    return new ConnectException(`The schema registry's file ${file} is in use by another process`, {
      cause: error,
      hint: `Stop that process (fuser ${file} names it), or name another folder.`,
    })
  }
  return new ConnectException(
    `The schema registry's file ${file} cannot be opened: ${error.message} (${error.code})`,
    {
      cause: error,
      hint: 'See whether this user may write there and the disk has room; a damaged file is read by "sqlite3 FILE .recover".',
    },
  )
}

import { Database, SQLiteError } from 'bun:sqlite'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConnectException } from '../../data/errors.ts'
import { networkFileSystemOf } from '../../observe/file-system.ts'
import { logger } from '../../observe/log.ts'
import { prepareSchema } from './schema.ts'

const log = logger('bunnect.embedded')

export interface OpenDatabase {
  db: Database
  file: string
  clusterId: string
  close(): void
}

/** Large pages: a batch is a few hundred kilobytes, and each page of it costs a link and a log frame. */
const PAGE_SIZE = 16 * 1024
const CACHE_KIB = 8 * 1024

/**
 * Opens (or creates) the embedded log in `dataDir` for this process alone. A damaged file is moved aside and a
 * new one begun. Throws ConnectException when another process has it open, when the directory is not usable,
 * or when it lies on a network file system.
 */
export function openDatabase(dataDir: string): OpenDatabase {
  try {
    mkdirSync(dataDir, { recursive: true })
  } catch (cause) {
    throw new ConnectException(
      `The data directory ${dataDir} cannot be created: ${(cause as Error).message}. Set bunnect.data.dir to ` +
        'a directory that this user may write.',
      { cause },
    )
  }
  const file = join(dataDir, 'embedded-log.db')
  const network = networkFileSystemOf(file)
  if (network) {
    throw new ConnectException(
      `${dataDir} lies on a network file system (${network}), where the embedded log can lose acknowledged ` +
        'records. Set bunnect.data.dir to a directory on a local disk.',
    )
  }
  try {
    return openChecked(file)
  } catch (error) {
    if (!isDamage(error)) throw explained(file, error)
    moveAside(file, error as Error)
  }
  try {
    return openChecked(file)
  } catch (error) {
    throw explained(file, error)
  }
}

function openChecked(file: string): OpenDatabase {
  const db = new Database(file)
  try {
    db.run('PRAGMA busy_timeout = 0')
    db.run('PRAGMA locking_mode = EXCLUSIVE')
    db.run(`PRAGMA page_size = ${PAGE_SIZE}`)
    db.run('PRAGMA auto_vacuum = INCREMENTAL')
    db.run('PRAGMA journal_mode = WAL')
    // The journal syncs the write-ahead log itself, before anything is acknowledged: see journal.ts.
    db.run('PRAGMA synchronous = NORMAL')
    db.run('PRAGMA wal_autocheckpoint = 0')
    db.run(`PRAGMA cache_size = -${CACHE_KIB}`)
    db.run('BEGIN EXCLUSIVE')
    db.run('COMMIT')
    if (existsSync(suspectMark(file))) checkWhole(db, file)
    const clusterId = prepareSchema(db, file)
    const pid = pidFile(file)
    writeFileSync(pid, `${process.pid}\n`)
    const close = () => {
      rmSync(pid, { force: true })
      db.close(true)
    }
    return { db, file, clusterId, close }
  } catch (error) {
    db.close(true)
    throw error
  }
}

/** True for an error that says the file's content is broken. */
export function isDamage(error: unknown): boolean {
  return (
    error instanceof SQLiteError &&
    (error.code?.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB')
  )
}

/** Notes that damage was met while running: the next start checks the whole file first. */
export function markSuspect(file: string, reason: string): void {
  writeFileSync(suspectMark(file), `${reason}\n`)
}

function checkWhole(db: Database, file: string): void {
  const verdict = db.query<{ quick_check: string }, []>('PRAGMA quick_check(1)').get()!.quick_check
  if (verdict !== 'ok') throw Object.assign(new SQLiteError(verdict), { code: 'SQLITE_CORRUPT' })
  rmSync(suspectMark(file), { force: true })
}

function moveAside(file: string, error: Error): void {
  const suffix = `.corrupt-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(file + part)) renameSync(file + part, file + suffix + part)
  }
  rmSync(suspectMark(file), { force: true })
  log.error(
    `The embedded log ${file} is damaged (${error.message}). It was moved to ${file}${suffix} and an empty log ` +
      `was begun: records that were not yet delivered are in the moved file ("sqlite3 FILE .recover" reads it).`,
  )
}

function explained(file: string, error: unknown): unknown {
  if (!(error instanceof SQLiteError)) return error
  if (error.code === 'SQLITE_BUSY' || error.code?.startsWith('SQLITE_BUSY_')) {
    return new ConnectException(
      `The embedded log ${file} is in use by ${holder(file)}. Stop that process, or set bunnect.data.dir to ` +
        'another directory.',
      { cause: error },
    )
  }
  return new ConnectException(
    `The embedded log ${file} cannot be opened: ${error.message} (${error.code}). Check that this user may ` +
      'write there and that the disk has room, or set bunnect.data.dir to another directory.',
    { cause: error },
  )
}

function holder(file: string): string {
  const path = pidFile(file)
  const pid = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  if (pid === '') return 'another process'
  return pid === String(process.pid) ? `this process (pid ${pid})` : `the process with pid ${pid}`
}

const pidFile = (file: string) => `${file}.pid`
const suspectMark = (file: string) => `${file}.suspect`

import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConnectException } from '../data/errors.ts'
import { lockHoldersOf, networkFileSystemOf } from '../observe/file-system.ts'
import { logger } from '../observe/log.ts'
import { JAVA_STREAM_MAGIC, readJavaOffsets, writeJavaOffsets } from './java-offset-file.ts'
import { ForeignDatabase, SqliteOffsets } from './sqlite-offsets.ts'

const log = logger('org.apache.kafka.connect.storage.FileOffsetBackingStore')
const SQLITE_MAGIC = 'SQLite format 3\0'
/** POSIX locks do not keep a process from itself, and reading a file that it has locked drops the lock. */
const openHere = new Set<string>()

/**
 * Opens the database that `offset.storage.file.filename` names, and makes it if need be. A Java offset file
 * at that path is imported and kept as `.bak`; a damaged file is moved aside and never overwritten. Throws
 * ConnectException with one line that says what is wrong with the path and what to do.
 */
export async function openOffsets(file: string): Promise<SqliteOffsets> {
  const path = checkedPath(file)
  const kind = contentKind(path)
  if (kind === 'text') refuse(path, 'it holds text, not offsets', 'Move the file away or name another one.')
  if (kind === 'damaged') moveAside(path, 'its first bytes are neither a database nor a Java offset file')
  if (kind === 'java') await importJava(path)
  return openDatabase(path)
}

/**
 * Writes all offsets of the database as a file that the JVM's standalone worker resumes from; the worker
 * must be stopped. Returns how many. Throws ConnectException when either file is not usable.
 */
export async function exportJavaOffsets(file: string, javaFile: string): Promise<number> {
  if (contentKind(resolve(file)) === 'none') refuse(file, 'there is no such file', 'Check the path.')
  const target = resolve(javaFile)
  if (existsSync(target))
    throw new ConnectException(`${target} exists already. Move it away or name another file.`)
  const store = await openOffsets(file)
  try {
    const offsets = store.raw()
    writeDurably(target, writeJavaOffsets(offsets))
    return offsets.length
  } finally {
    await store.close()
  }
}

function checkedPath(file: string): string {
  const path = existsSync(file) ? realpathSync(file) : resolve(file)
  const folder = dirname(path)
  if (!existsSync(folder))
    refuse(path, `the folder ${folder} does not exist`, 'Create it or name another file.')
  if (existsSync(path) && statSync(path).isDirectory())
    refuse(path, 'it is a folder', 'Name a file in it instead.')
  if (openHere.has(path)) refuse(path, 'this process has it open already', 'Give each worker its own file.')
  for (const place of existsSync(path) ? [path, folder] : [folder]) {
    try {
      accessSync(place, constants.R_OK | constants.W_OK)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      const why =
        code === 'EROFS' ? 'lies on a read-only file system' : `is not writable for this user (${code})`
      refuse(path, `${place} ${why}`, 'Change its permissions or name another file.')
    }
  }
  const network = networkFileSystemOf(path)
  if (network)
    refuse(
      path,
      `it lies on a network file system (${network}), where a database may be damaged`,
      'Name a file on a local disk.',
    )
  return path
}

function contentKind(path: string): 'none' | 'sqlite' | 'java' | 'text' | 'damaged' {
  if (!existsSync(path)) return 'none'
  const head = Buffer.alloc(4096)
  const fd = openSync(path, 'r')
  const length = readSync(fd, head, 0, head.length, 0)
  closeSync(fd)
  if (length === 0) return 'none'
  const start = head.subarray(0, length)
  if (start.toString('latin1', 0, 16) === SQLITE_MAGIC) return 'sqlite'
  if (start.subarray(0, 4).equals(JAVA_STREAM_MAGIC)) return 'java'
  // A wrong path must not cost somebody their file; zeros and broken UTF-8 are what a torn disk leaves.
  return start.includes(0) || start.toString().includes('\ufffd') ? 'damaged' : 'text'
}

function openDatabase(path: string): SqliteOffsets {
  for (let attempt = 0; ; attempt++) {
    try {
      const store = new SqliteOffsets(path, () => openHere.delete(path))
      openHere.add(path)
      return store
    } catch (error) {
      if (error instanceof ForeignDatabase)
        refuse(path, error.message || "it is another program's database", 'Name another file.')
      const code = String((error as { code?: string }).code)
      if (code.startsWith('SQLITE_BUSY')) {
        const pids = lockHoldersOf(path)
        const who = pids.length > 0 ? `process ${pids.join(', ')}` : 'another process'
        refuse(path, `${who} has it locked`, 'Stop that worker or give this one its own file.')
      }
      if (attempt > 0 || !/^SQLITE_(CORRUPT|NOTADB)/.test(code))
        refuse(path, `${(error as Error).message} (${code})`, 'Check the disk or name another file.', error)
      moveAside(path, (error as Error).message)
    }
  }
}

function moveAside(path: string, why: string): void {
  const aside = `${path}.corrupt-${timestamp()}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  }
  log.error(
    `${path} is damaged (${why}). It was moved to ${aside}; source connectors start without offsets and will read ` +
      'their sources from the beginning. To avoid that, stop the worker and put a backup in its place.',
  )
}

/** Each step leaves either the Java file or the finished database at `path`, whenever the power fails. */
async function importJava(path: string): Promise<void> {
  let offsets: ReturnType<typeof readJavaOffsets>
  try {
    offsets = readJavaOffsets(readFileSync(path))
  } catch (error) {
    if (!(error instanceof ConnectException)) throw error
    moveAside(path, error.message)
    return
  }
  const building = `${path}.importing`
  for (const suffix of ['', '-wal', '-shm']) rmSync(building + suffix, { force: true })
  const store = openDatabase(building)
  try {
    store.importRaw(offsets)
  } finally {
    await store.close()
  }
  let backup = `${path}.bak`
  if (existsSync(backup) && statSync(backup).ino !== statSync(path).ino) backup += `-${timestamp()}`
  if (!existsSync(backup)) keepAs(path, backup)
  setStaleLogAside(path, backup)
  renameSync(building, path)
  syncFolder(path)
  log.info(`Imported ${offsets.length} offsets from the Java offset file ${path}, which is kept as ${backup}`)
}

/** A log of writes that a killed worker left here before the JVM's took its place: SQLite would replay it. */
function setStaleLogAside(path: string, backup: string): void {
  const stale = ['-wal', '-shm'].filter(suffix => existsSync(path + suffix))
  if (stale.length === 0) return
  for (const suffix of stale) renameSync(path + suffix, backup + suffix)
  // Before the database has this name.
  syncFolder(path)
  log.warn(
    `${path}${stale[0]} belongs to a database that the Java offset file has replaced; it was moved to ${backup}${stale[0]}`,
  )
}

function keepAs(path: string, backup: string): void {
  try {
    linkSync(path, backup)
  } catch {
    copyFileSync(path, backup, constants.COPYFILE_EXCL) // A file system without hard links.
  }
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const building = `${path}.writing`
  try {
    const fd = openSync(building, 'w')
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(building, path)
    syncFolder(path)
  } catch (error) {
    rmSync(building, { force: true })
    throw new ConnectException(`Could not write ${path}: ${(error as Error).message}`, { cause: error })
  }
}

function syncFolder(path: string): void {
  const fd = openSync(dirname(path), 'r')
  fsyncSync(fd)
  closeSync(fd)
}

function timestamp(): string {
  return new Date().toISOString().replace(/[-:.]/g, '')
}

function refuse(path: string, why: string, remedy: string, cause?: unknown): never {
  throw new ConnectException(`Cannot use ${path} for offset.storage.file.filename: ${why}. ${remedy}`, {
    cause,
  })
}

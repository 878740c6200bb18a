import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FilePattern } from './file-pattern.ts'

export interface Rotation {
  /** Path of files that are full or over, with `%d{…}` for their time and `%i` for a number. */
  pattern: string
  /** A file that has reached so many bytes is full. */
  maxBytes?: number
  /** The most rotated files; the oldest go. */
  keep?: number
}

export interface LogFileOptions {
  path: string
  /** null: one file that grows. */
  rotation: Rotation | null
  /** What cannot be done: a line that cannot be written, or with `line` null a rotation. */
  onTrouble(trouble: { reason: string; line: string | null }): void
  /** Lines can be written again. */
  onRecovery(): void
  now?: () => Date
}

/** How often it is looked whether somebody has moved the file away (logrotate does). */
const LOOK_MS = 1000
/** When a rotation that has failed is tried again. */
const RETRY_MS = 60_000
/** Of names that are taken. */
const MOST_NUMBERS = 100_000

/**
 * A log file that is written line by line and rotated by time and size. Every line goes to one file or another: a
 * file is closed only when the next one is open, and a name that is taken gets a number instead of being written
 * over. Two processes may have the same path: whoever finds it moved opens it anew. Java: Log4j2's RollingFile
 */
export class LogFile {
  readonly #options: LogFileOptions
  readonly #pattern: FilePattern | null
  readonly #now: () => Date
  #fd: number | null = null
  #inode = -1
  #size = 0
  /** The last moment that the file is about. */
  #time = new Date(0)
  #lookedAt = 0
  #rotateFrom = 0
  #isFailing = false
  /** The file ends in a part of a line. */
  #isTorn = false

  constructor(options: LogFileOptions) {
    this.#options = options
    this.#pattern = options.rotation ? new FilePattern(options.rotation.pattern) : null
    this.#now = options.now ?? (() => new Date())
  }

  /** Never throws: what goes wrong is told. */
  write(line: string): void {
    const bytes = Buffer.from(line)
    try {
      this.#ready(bytes.length)
      this.#append(bytes)
    } catch (error) {
      this.#isFailing = true
      this.#close()
      const reason = `${this.#options.path}: ${(error as Error).message}`
      this.#options.onTrouble({ reason, line })
      return
    }
    if (!this.#isFailing) return
    this.#isFailing = false
    this.#options.onRecovery()
  }

  close(): void {
    this.#close()
  }

  /** Opens the right file for a line of so many bytes. */
  #ready(bytes: number): void {
    const now = this.#now()
    if (this.#fd !== null && Math.abs(now.getTime() - this.#lookedAt) >= LOOK_MS) this.#look(now)
    if (this.#fd === null) this.#open(now)
    if (this.#isOver(now, bytes)) {
      try {
        this.#rotate(now)
      } catch (error) {
        // The line is worth more than the size of the file.
        this.#rotateFrom = now.getTime() + RETRY_MS
        this.#options.onTrouble({ reason: (error as Error).message, line: null })
        if (this.#fd === null) this.#open(now)
      }
    }
    this.#time = now
  }

  #isOver(now: Date, bytes: number): boolean {
    const { rotation } = this.#options
    if (!this.#pattern || !rotation || this.#size === 0 || now.getTime() < this.#rotateFrom) return false
    if (this.#pattern.hasDate && !isSameSecond(now, this.#time))
      if (this.#pattern.period(now) !== this.#pattern.period(this.#time)) return true
    return rotation.maxBytes !== undefined && this.#size + bytes > rotation.maxBytes
  }

  /** A full disk may take a part of a line: the next one begins on a line of its own. */
  #append(line: Buffer): void {
    const bytes = this.#isTorn ? Buffer.concat([Buffer.from('\n'), line]) : line
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(this.#fd!, bytes, at)
      this.#isTorn = at < bytes.length
    }
    this.#size += bytes.length
  }

  #open(now: Date): void {
    const { path } = this.#options
    mkdirSync(dirname(path), { recursive: true })
    const fd = openSync(path, 'a')
    const stats = fstatSync(fd)
    this.#close()
    this.#fd = fd
    this.#inode = stats.ino
    this.#size = stats.size
    this.#time = this.#size > 0 ? stats.mtime : now
    this.#lookedAt = now.getTime()
  }

  /** The path may name another file by now, or none. */
  #look(now: Date): void {
    this.#lookedAt = now.getTime()
    const current = statOf(this.#options.path)
    if (current === null || current.ino !== this.#inode) this.#open(now)
    else this.#size = current.size
  }

  #rotate(now: Date): void {
    this.#look(now)
    if (this.#size === 0) return // Another process has just rotated it.
    const { path, rotation } = this.#options
    const pattern = this.#pattern!
    const to = pattern.hasDate ? this.#freeName() : this.#shifted()
    if (to !== null) {
      mkdirSync(dirname(to), { recursive: true })
      renameSync(path, to)
    }
    this.#open(now)
    if (rotation?.keep !== undefined && pattern.hasDate) this.#prune(rotation.keep)
  }

  /** Newest with the highest number. */
  #freeName(): string {
    const pattern = this.#pattern!
    for (let number = 1; number < MOST_NUMBERS; number++) {
      const name = pattern.name(this.#time, number)
      const unique = pattern.hasNumber || number === 1 ? name : `${name}.${number - 1}`
      if (statOf(unique) === null) return unique
    }
    throw new Error(`every name like ${pattern.name(this.#time, 1)} is taken`)
  }

  /** Newest with number 1; null where no old file is to be kept. */
  #shifted(): string | null {
    const keep = this.#options.rotation?.keep ?? 1
    const at = (number: number) => this.#pattern!.name(this.#time, number)
    if (keep < 1) {
      unlinkSync(this.#options.path)
      return null
    }
    for (let number = keep - 1; number >= 1; number--)
      if (statOf(at(number)) !== null) renameSync(at(number), at(number + 1))
    return at(1)
  }

  #prune(keep: number): void {
    const folder = dirname(this.#pattern!.name(this.#time, 1))
    const matcher = this.#pattern!.matcher()
    const old = readdirSync(folder)
      .map(name => join(folder, name))
      .filter(path => matcher.test(path) && basename(path) !== basename(this.#options.path))
      .map(path => ({ path, time: statOf(path)?.mtimeMs ?? 0 }))
      .sort((a, b) => b.time - a.time || (a.path < b.path ? 1 : -1))
    for (const { path } of old.slice(keep)) unlinkSync(path)
  }

  #close(): void {
    if (this.#fd === null) return
    closeSync(this.#fd)
    this.#fd = null
  }
}

/** No name of a file tells less than seconds apart. */
function isSameSecond(a: Date, b: Date): boolean {
  return Math.floor(a.getTime() / 1000) === Math.floor(b.getTime() / 1000)
}

function statOf(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null
}

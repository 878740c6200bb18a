import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { ConnectException, type Logger } from '#bunnect'
import { syncFolderOf } from './durable.ts'
import { LineBuffer } from './line-buffer.ts'
import { TornLine } from './torn-line.ts'

const LF = 10
/** So many bytes may wait for the write before them; who adds more waits. */
const MAX_WAITING_BYTES = 1024 * 1024
/** Puts that follow a write within this time are a stream, in ms. */
const STREAM_MS = 100
/** The files that are open for appending in this process, by their real path. */
const openFiles = new Map<string, Promise<AppendedFile>>()

/**
 * A file to which the tasks of this process append whole lines, one write at a time: what comes meanwhile goes into
 * the next one. After a failure nothing more is accepted: what was put and not flushed comes again after a restart
 * of the task.
 */
export class AppendedFile {
  readonly #key: string
  readonly #path: string
  readonly #handle: FileHandle
  /** False for a pipe or a device. */
  readonly #regular: boolean
  /** Null where no file can be kept beside. */
  readonly #torn: TornLine | null
  /** Lines that the next write takes. */
  #waiting = new LineBuffer()
  /** The one of the write that is under way. */
  #spare = new LineBuffer()
  /** The write that will take what waits; null when nothing waits. */
  #nextWrite: Promise<void> | null = null
  /** When the last write ended, by `performance.now`. */
  #lastWrite = Number.NEGATIVE_INFINITY
  /** Its entry in `openFiles`. */
  #opening: Promise<AppendedFile> | null = null
  #users = 1
  /** Set when the last user closes. */
  #closing: Promise<void> | null = null
  #queue: Promise<unknown> = Promise.resolve()
  #failure: ConnectException | null = null

  private constructor(
    key: string,
    path: string,
    handle: FileHandle,
    regular: boolean,
    torn: TornLine | null,
  ) {
    this.#key = key
    this.#path = path
    this.#handle = handle
    this.#regular = regular
    this.#torn = torn
  }

  /** Opens or creates the file, shared with other tasks that have it open; its last line is complete afterwards. */
  static async open(path: string, log: Logger): Promise<AppendedFile> {
    // Creates it, so that it has a real path.
    await (await open(path, 'a')).close()
    const key = await realpath(path)
    for (;;) {
      const there = openFiles.get(key)
      if (there === undefined) break
      // Errors of opening and closing are for the task that did it; this one tries for itself.
      const file = await there.catch(() => null)
      if (file?.tryJoin()) return file
      // What it still writes comes before what a next one finds.
      if (file !== null) await file.#closing?.catch(() => {})
      if (openFiles.get(key) === there) openFiles.delete(key)
    }
    const opening = AppendedFile.#open(key, path, log)
    openFiles.set(key, opening)
    try {
      const file = await opening
      file.#opening = opening
      return file
    } catch (error) {
      if (openFiles.get(key) === opening) openFiles.delete(key)
      throw error
    }
  }

  static async #open(key: string, path: string, log: Logger): Promise<AppendedFile> {
    const handle = await open(path, 'a+')
    try {
      const regular = (await handle.stat()).isFile()
      const torn = regular ? await TornLine.mend(key, handle, log) : null
      // Invariant 1: a file that was created here would be gone after a power loss, and offsets committed.
      if (regular && !(await syncFolderOf(key)))
        log.warn(
          `The folder of ${key} cannot be synced: a power loss soon after the file was created may take it away`,
        )
      return new AppendedFile(key, path, handle, regular, torn)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /**
   * Takes lines to write them with their ends, those of one call in one piece. Gives a promise for the write, except
   * in a stream of calls, where the lines of some are written at once and nobody waits unless there are too many: a
   * failure is then told by the next call or by `flush`, before any offset is committed.
   */
  append(lines: readonly string[]): Promise<void> | undefined {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    if (lines.length === 0) return undefined
    this.#waiting.add(lines)
    if (this.#nextWrite === null) {
      this.#nextWrite = this.#next(() => this.#writeWaiting())
      this.#nextWrite.catch(() => {}) // kept in #failure
    }
    const inStream = performance.now() - this.#lastWrite < STREAM_MS
    return inStream && this.#waiting.length < MAX_WAITING_BYTES ? undefined : this.#nextWrite
  }

  async #writeWaiting(): Promise<void> {
    const lines = this.#waiting
    this.#waiting = this.#spare
    this.#spare = lines
    this.#nextWrite = null
    const bytes = lines.bytes()
    if (this.#torn?.pending) this.#torn.compare(bytes)
    await this.#write(bytes)
    lines.clear()
    this.#lastWrite = performance.now()
  }

  /** Resolves when everything appended is on the disk, in the file that has this path. */
  flush(): Promise<void> {
    return this.#next(async () => {
      if (!this.#regular) return
      if (this.#torn?.pending) {
        const line = this.#torn.flushing()
        if (line !== null) await this.#write(line)
      }
      // Invariant 1: the offsets may be committed after this.
      await this.#handle.datasync()
      await this.#checkPlace()
      await this.#torn?.settle()
    })
  }

  close(): Promise<void> {
    if (--this.#users > 0) return Promise.resolve()
    this.#closing = this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const torn = this.#torn
    await this.#queue
    try {
      // Another may have taken the place of a broken one: what is kept beside is then the other's.
      if (torn === null || openFiles.get(this.#key) !== this.#opening) return
      if (this.#failure !== null) await torn.close(this.#handle)
      else await this.#next(() => this.#restore(torn))
    } finally {
      if (openFiles.get(this.#key) === this.#opening) openFiles.delete(this.#key)
      await this.#handle.close()
    }
  }

  async #restore(torn: TornLine): Promise<void> {
    const line = torn.restore()
    if (line !== null) {
      await this.#write(line)
      await this.#handle.datasync()
      // Else they would be gone with the file that has lost its name.
      await this.#checkPlace()
      await torn.settle()
    }
    await torn.close(this.#handle)
  }

  /** False when it can no longer be used. */
  private tryJoin(): boolean {
    if (this.#users === 0 || this.#failure !== null) return false
    this.#users++
    return true
  }

  /** One after the other, in the order of the calls. */
  #next(work: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(async () => {
      if (this.#failure !== null) throw this.#failure
      try {
        await work()
      } catch (error) {
        this.#failure =
          error instanceof ConnectException
            ? error
            : new ConnectException(`Cannot write to ${this.#path}: ${(error as Error).message}`, {
                cause: error,
                hint: 'Make room or mend the file, then restart the task: what was not committed is written again.',
              })
        throw this.#failure
      }
    })
    this.#queue = turn.catch(() => {}) // Kept in #failure.
    return turn
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let from = 0
    while (from < bytes.length) {
      try {
        const { bytesWritten } = await this.#handle.write(bytes, from, bytes.length - from)
        from += bytesWritten
      } catch (error) {
        if (from > 0) await this.#cutTorn(bytes, from)
        throw error
      }
    }
  }

  /** Takes back the beginning of a line whose rest could not be written. */
  async #cutTorn(bytes: Uint8Array, written: number): Promise<void> {
    if (!this.#regular) return
    const cut = written - (Buffer.from(bytes.buffer, bytes.byteOffset, written).lastIndexOf(LF) + 1)
    const { size } = await this.#handle.stat()
    const { buffer } = await this.#handle.read(Buffer.alloc(cut), 0, cut, size - cut)
    // Not if somebody else has appended meanwhile.
    if (buffer.equals(bytes.subarray(written - cut, written))) await this.#handle.truncate(size - cut)
  }

  async #checkPlace(): Promise<void> {
    const mine = await this.#handle.stat({ bigint: true })
    const there = await stat(this.#path, { bigint: true }).catch(error => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (there !== null && there.ino === mine.ino && there.dev === mine.dev) return
    throw new ConnectException(
      `${this.#path} was ${there === null ? 'deleted or renamed' : 'replaced by another file'} while records were written to it`,
      { hint: 'Restart the task: what was not committed is written again, to the file of that name.' },
    )
  }
}

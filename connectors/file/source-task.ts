import {
  ConnectException,
  type OffsetMap,
  pause,
  SourceRecord,
  type SourceTask,
  type SourceTaskContext,
  STRING_SCHEMA,
} from '#bunnect'
import { LineSplitter } from './line-splitter.ts'
import { standardInput } from './standard-input.ts'
import { TailedFile } from './tailed-file.ts'

/**
 * A wait for more, or for the file itself, is a tenth of the time that there has been nothing, within these bounds in
 * ms; the longer is Java's. A thousand files that nobody writes to are to cost next to nothing.
 */
const SHORTEST_WAIT = 20
const LONGEST_WAIT = 1000
/** How long a file that was replaced must have been quiet: its writer may not have let go of it yet. */
const LAST_WORDS_MS = 1000
const STDIN_WAIT = 1000

export interface FileStreamSourceSettings {
  /** Null or empty: standard input. */
  file: string | null
  topic: string
  batchSize: number
}

/**
 * Lines of a growing file. Offsets are `{"position": n}`, in bytes, under `{"filename": file}`.
 * Java: org.apache.kafka.connect.file.FileStreamSourceTask
 */
export class FileStreamSourceTask implements SourceTask {
  readonly #settings: FileStreamSourceSettings
  readonly #context: SourceTaskContext
  readonly #path: string | null
  readonly #partition: OffsetMap
  #file: TailedFile | null = null
  #splitter = new LineSplitter()
  /** Read from standard input, not cut into lines yet. */
  #input: Uint8Array = new Uint8Array()
  /** Since when there has been nothing to read; null while there is. */
  #quietSince: number | null = null
  /** The file was read to its end: only one that has changed since is read on. */
  #ended = false
  #missingTold = false
  /** The next file of this name is another one: it is read from its beginning. */
  #fresh = false
  #replacedAt: number | null = null

  constructor(settings: FileStreamSourceSettings, context: SourceTaskContext) {
    this.#settings = settings
    this.#context = context
    this.#path = settings.file || null
    this.#partition = { filename: this.#path }
  }

  poll(): SourceRecord[] | null | Promise<SourceRecord[] | null> {
    // What was read goes out first, however many polls that takes.
    return this.#lines() ?? (this.#path === null ? this.#readInput() : this.#readFile(this.#path))
  }

  async stop(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.close()
  }

  #lines(): SourceRecord[] | null {
    const splitter = this.#splitter
    let line = splitter.next()
    if (line === null) return null
    const { topic, batchSize } = this.#settings
    const partition = this.#partition
    const now = Date.now()
    const records: SourceRecord[] = []
    do {
      const offset = this.#path === null ? NO_POSITION : { position: splitter.position }
      records.push(new SourceRecord(partition, offset, topic, null, null, null, STRING_SCHEMA, line, now))
      // Java looks at the limit after adding, so 0 and less mean 1.
      if (records.length >= batchSize) break
      line = splitter.next()
    } while (line !== null)
    return records
  }

  async #readInput(): Promise<SourceRecord[] | null> {
    for (;;) {
      if (this.#input.length === 0) {
        const bytes = await standardInput.read(STDIN_WAIT, this.#context.signal)
        if (bytes === null) return null
        this.#input = bytes
      }
      const space = this.#splitter.space()
      const part = this.#input.subarray(0, space.length)
      space.set(part)
      this.#splitter.filled(part.length)
      this.#input = this.#input.subarray(part.length)
      const records = this.#lines()
      if (records !== null) return records
    }
  }

  async #readFile(path: string): Promise<SourceRecord[] | null> {
    if (this.#file === null && !(await this.#open(path))) return null
    while (!this.#context.signal.aborted) {
      const file = this.#file!
      if (this.#ended && (await this.#orFail(`look at ${path}`, file.unchanged()))) {
        await this.#wait()
        return null
      }
      const read = await this.#orFail(`read ${path}`, file.read(this.#splitter.space()))
      if (read > 0) {
        this.#quietSince = null
        this.#ended = false
        this.#replacedAt = null
        this.#splitter.filled(read)
        const records = this.#lines()
        if (records !== null) return records
        continue // In the middle of a long line.
      }
      return this.#end(file)
    }
    return null
  }

  async #open(path: string): Promise<boolean> {
    const opened = await this.#orFail(`open ${path}`, TailedFile.open(path))
    if (opened === null) {
      if (!this.#missingTold) {
        this.#missingTold = true
        this.#context.log.warn(
          `Couldn't find file ${path} for FileStreamSourceTask, sleeping to wait for it to be created`,
        )
      }
      await this.#wait()
      return false
    }
    this.#missingTold = false
    this.#quietSince = null
    const { file, size } = opened
    let position = 0
    if (!this.#fresh) {
      try {
        position = await this.#startIn(file, size, await this.#storedPosition())
      } catch (error) {
        await file.close()
        throw error
      }
    }
    this.#fresh = false
    this.#file = file
    file.offset = position
    this.#splitter = new LineSplitter(position)
    return true
  }

  /** The position itself, or 0 when the file cannot be the one that it belongs to. */
  async #startIn(file: TailedFile, size: number, position: number): Promise<number> {
    const { path } = file
    // A pipe starts wherever its writer is.
    if (!file.regular) return position
    if (position > size) {
      this.#context.log.info(
        `${path} holds ${size} bytes, less than the stored position ${position}: it was truncated or replaced and is read from its beginning`,
      )
      return 0
    }
    if (await this.#orFail(`read ${path}`, file.startsLine(position))) return position
    this.#context.log.info(
      `No line of ${path} starts at the stored position ${position}: it was replaced by another file and is read from its beginning`,
    )
    return 0
  }

  async #storedPosition(): Promise<number> {
    const offset = await this.#context.offsets.offset(this.#partition)
    const position = offset?.['position'] ?? null
    if (position === null) return 0
    if (typeof position !== 'bigint' && !Number.isSafeInteger(position)) {
      throw new ConnectException('Offset position is the incorrect type', {
        hint: `The stored offset of ${this.#path} is ${JSON.stringify(offset)}; alter or reset the offsets of the connector.`,
      })
    }
    return Number(position)
  }

  /** Nothing more to read for now: waits, or goes on with the file that has taken the place of this one. */
  async #end(file: TailedFile): Promise<SourceRecord[] | null> {
    const state = await this.#orFail(`look at ${file.path}`, file.atEnd())
    if (state === 'same') {
      this.#replacedAt = null
      this.#ended = true
    } else if (state === 'truncated') {
      this.#context.log.info(
        `${file.path} was truncated below position ${file.offset} and is read from its beginning`,
      )
      file.offset = 0
      this.#ended = false
      return this.#lastLine()
    } else {
      const now = performance.now()
      if (this.#replacedAt === null) this.#replacedAt = this.#quietSince = now
      if (now - this.#replacedAt >= LAST_WORDS_MS) return this.#leave(file)
    }
    await this.#wait()
    return null
  }

  #wait(): Promise<void> {
    const now = performance.now()
    this.#quietSince ??= now
    const ms = Math.min(Math.max((now - this.#quietSince) / 10, SHORTEST_WAIT), LONGEST_WAIT)
    return pause(ms, this.#context.signal)
  }

  async #leave(file: TailedFile): Promise<SourceRecord[] | null> {
    this.#context.log.info(
      `${file.path} was replaced: the old file ends at ${file.offset}, going on with the new one`,
    )
    this.#replacedAt = null
    this.#file = null
    this.#ended = false
    this.#fresh = true
    const last = this.#lastLine()
    await file.close()
    return last
  }

  /** The line that nobody will end any more, and a start from the beginning. */
  #lastLine(): SourceRecord[] | null {
    const line = this.#splitter.rest()
    this.#splitter = new LineSplitter()
    if (line === null) return null
    const { topic } = this.#settings
    // After it comes the beginning of what has the name now.
    const offset = { position: 0 }
    return [
      new SourceRecord(this.#partition, offset, topic, null, null, null, STRING_SCHEMA, line, Date.now()),
    ]
  }

  async #orFail<T>(what: string, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw new ConnectException(`Cannot ${what}: ${(error as Error).message}`, { cause: error })
    }
  }
}

/** Standard input has no positions. */
const NO_POSITION: OffsetMap = { position: null }

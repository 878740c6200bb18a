import { causes, DataException, javaTrace } from '../data/errors.ts'
import type { OffsetMap } from '../data/records.ts'
import type { Logger } from '../observe/log.ts'
import { LONGEST_TIMER, within } from '../waiting/deadline.ts'
import { partitionKey } from './partition-key.ts'

/** A source partition and how far Kafka has its records; a null offset is a tombstone. */
export interface OffsetEntry {
  partition: OffsetMap | null
  offset: OffsetMap | null
}

/** Where a source task's offsets are stored: all entries of a flush or none, durable when it resolves. */
export interface OffsetWriter {
  /** May reject when the signal fires. Throws DataException for values that are not flat. */
  flush(entries: readonly OffsetEntry[], signal: AbortSignal): Promise<void>
}

export interface OffsetCommitterOptions {
  task: string
  connector: string
  writer: OffsetWriter
  /** Takes what has become committable since the last call. */
  committable: () => OffsetEntry[]
  /** What has to be durable before these offsets are stored; null when it is. */
  durable?: () => Promise<unknown> | null
  /** After every commit that did not fail, also one that had nothing to write. */
  committed: () => Promise<void> | void
  intervalMs: number
  timeoutMs: number
  log: Logger
  /** Told of every commit, how long it took and whether it succeeded; also of one that had nothing to write. */
  measured?: (ms: number, success: boolean) => void
}

/** How often a task that is about to end stores what has been acknowledged meanwhile, in ms. */
const HURRY_MS = 500

/**
 * Stores a source task's offsets at intervals and at its end, one flush after the other. What a failed flush
 * did not store goes along with the next one. Java: SourceTaskOffsetCommitter, OffsetStorageWriter
 */
export class OffsetCommitter {
  commits = 0
  failures = 0
  readonly #options: OffsetCommitterOptions
  /** Taken from the tracker, not stored yet; by partition, newest offset. */
  readonly #pending = new Map<string, OffsetEntry>()
  #running: Promise<boolean> = Promise.resolve(true)
  /** The write that a flush has begun, perhaps outliving that flush's deadline. */
  #write: Promise<void> = Promise.resolve()
  #timer: Timer | null = null
  #stopped = false
  #hurrying = false

  constructor(options: OffsetCommitterOptions) {
    this.#options = options
  }

  /** Begins to commit one interval from now, and then with that delay after each commit. */
  schedule(): void {
    if (this.#stopped || this.#hurrying) return
    this.#timer = setTimeout(
      () => void this.commit().finally(() => this.schedule()),
      Math.min(this.#options.intervalMs, LONGEST_TIMER),
    )
  }

  /**
   * From now until `stop` or a failure, stores at once and every half second what is committable, without a call
   * of `committed`: the task is about to end and may be given up at any moment, and what is acknowledged by then
   * must not come twice because of a record that never is.
   */
  hurry(): void {
    if (this.#stopped || this.#hurrying) return
    this.#hurrying = true
    if (this.#timer) clearTimeout(this.#timer)
    const store = async () => {
      const stored = this.#running.then(() => this.#stopped || this.#store())
      this.#running = stored
      if ((await stored) && !this.#stopped) this.#timer = setTimeout(store, HURRY_MS)
    }
    void store()
  }

  /** No further timed commits. */
  stop(): void {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Stores what is committable now. False, with a line in the log, when that failed; never throws. */
  commit(): Promise<boolean> {
    this.#running = this.#running.then(() => this.#commit())
    return this.#running
  }

  async #commit(): Promise<boolean> {
    const { task, log } = this.#options
    const started = performance.now()
    const stored = await this.#store()
    const took = performance.now() - started
    this.#options.measured?.(took, stored)
    if (!stored) return false
    this.commits++
    log.debug(`Task ${task}: finished offset commit in ${Math.round(took)} ms`)
    try {
      await this.#options.committed()
    } catch (error) {
      log.error(
        `Task ${task}: Exception thrown while calling task.commit(): ${causes(error)}`,
        javaTrace(error),
      )
    }
    return true
  }

  async #store(): Promise<boolean> {
    const { task, log, timeoutMs } = this.#options
    try {
      for (const entry of this.#options.committable()) this.#pending.set(partitionKey(entry.partition), entry)
      if (this.#pending.size > 0) await this.#flush(timeoutMs)
      return true
    } catch (error) {
      this.failures++
      const why =
        error instanceof DataException
          ? 'CRITICAL: Failed to serialize offset data, making it impossible to commit offsets under namespace ' +
            `${this.#options.connector}. This likely won't recover unless the unserializable partition or offset ` +
            'information is overwritten'
          : 'Failed to commit offsets, they go along with the next commit'
      log.error(`Task ${task}: ${why}: ${causes(error)}`, javaTrace(error))
      return false
    }
  }

  async #flush(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs
    const late = () => {
      throw new Error(`Timed out after ${timeoutMs} ms (offset.flush.timeout.ms)`)
    }
    // Invariant 2: an older write that is still under way must not land after this one. Its commit told its error.
    await within(
      this.#write.catch(() => {}),
      timeoutMs,
      late,
    )
    const open = this.#options.durable?.() ?? null
    if (open !== null) await within<unknown>(open, Math.max(deadline - performance.now(), 1), late)
    const flushed = new Map(this.#pending)
    const left = Math.max(deadline - performance.now(), 1)
    this.#write = this.#options.writer.flush([...flushed.values()], AbortSignal.timeout(left))
    await within(this.#write, left, late)
    for (const [key, entry] of flushed) if (this.#pending.get(key) === entry) this.#pending.delete(key)
  }
}

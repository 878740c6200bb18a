import { ConnectException, javaClassOf, RetriableException } from '../data/errors.ts'
import { ConversionPending } from '../sdk/conversion-pending.ts'
import { pause } from '../waiting/deadline.ts'
import { untilAborted } from '../waiting/until-aborted.ts'
import type { ErrorCounters } from './error-counters.ts'
import type { ErrorReporter } from './error-reporter.ts'
import { Interrupted, type Interrupts } from './interrupts.ts'
import { withPlace } from './place.ts'
import type { ProcessingContext, Stage } from './processing-context.ts'

export interface ErrorTolerance {
  /** errors.tolerance */
  tolerance: 'none' | 'all'
  /** errors.retry.timeout; negative = for ever. */
  retryTimeoutMs: number
  /** errors.retry.delay.max.ms */
  retryDelayMaxMs: number
}

export interface ErrorOperatorOptions<T> extends ErrorTolerance {
  task: string
  counters: ErrorCounters
  /** Fires when the task is given up: ends retries, and the record counts as skipped. */
  cancelled: AbortSignal
  /** What a record's conversion waits for ends with an Interrupted. */
  interrupts: Interrupts
  /** Names a record in an error. */
  describe(original: T): string
}

const FIRST_DELAY = 300
/** In all other stages only a retriable exception is tolerated. */
const TOLERATED: ReadonlySet<Stage> = new Set([
  'TRANSFORMATION',
  'KEY_CONVERTER',
  'VALUE_CONVERTER',
  'HEADER_CONVERTER',
])

/**
 * What is done about a record's failed operation: retries with backoff, reports, tolerance. Called only after the
 * first attempt has thrown, so that records which do not fail pay nothing.
 * Java: org.apache.kafka.connect.runtime.errors.RetryWithToleranceOperator
 */
export class ErrorOperator<T> {
  reporters: readonly ErrorReporter<T>[] = []
  readonly #options: ErrorOperatorOptions<T>

  constructor(options: ErrorOperatorOptions<T>) {
    this.#options = options
  }

  get tolerance(): 'none' | 'all' {
    return this.#options.tolerance
  }

  /** The task is given up: what is skipped from now on is neither delivered nor committed. */
  get cancelled(): boolean {
    return this.#options.cancelled.aborted
  }

  /**
   * Goes on after the first attempt has thrown `error`: what a later attempt gave, or null with a failed context
   * when the record is to be skipped. Throws ConnectException when the error is not tolerated, a JVM `Error` as it
   * is, and Interrupted.
   */
  async recover<V>(context: ProcessingContext<T>, again: () => V, error: unknown): Promise<V | null> {
    try {
      return await this.#handle(context, again, error)
    } finally {
      if (context.failed) {
        this.#options.counters.errors++
        this.#report(context)
        const room = this.room()
        if (room !== null) await room
      }
    }
  }

  /**
   * Reports a failure that is final already, and throws ConnectException unless it is tolerated. Resolves when the
   * report is durable and rejects when it cannot be made so; may be left alone.
   */
  executeFailed(context: ProcessingContext<T>, error: unknown): Promise<void> {
    const { counters } = this.#options
    context.fail(error)
    this.#markFailed()
    counters.failures++
    const reported = this.#report(context)
    if (this.#options.tolerance === 'none') {
      counters.errors++
      throw this.#exceeded('Tolerance exceeded in error handler', context)
    }
    return reported
  }

  /** Resolves when a converter that has to wait can go on. @throws Interrupted */
  async ready({ ready }: ConversionPending): Promise<void> {
    try {
      await untilAborted(ready, this.#options.interrupts.signal)
    } catch (error) {
      // However it has settled: the converter keeps the outcome.
      if (error instanceof Interrupted) throw error
    }
  }

  /** As `ready`, for what has to come to its end: only giving the task up ends the wait, and throws nothing. */
  async answered({ ready }: ConversionPending): Promise<void> {
    await untilAborted(ready, this.#options.cancelled).catch(() => {})
  }

  /** What `work` gives, called again as often as a converter has to wait in it. Throws its error, and Interrupted. */
  async attempt<V>(work: () => V): Promise<V> {
    for (;;) {
      try {
        return work()
      } catch (error) {
        if (!(error instanceof ConversionPending) || this.#options.cancelled.aborted) throw error
        await this.ready(error)
      }
    }
  }

  /** Resolves when the reporters can take more (invariant 7), null when they can now. */
  room(): Promise<unknown> | null {
    return allOf(this.reporters.map(reporter => reporter.room()))
  }

  /** Resolves when everything reported so far is durable or failed; null when it is. */
  settled(): Promise<unknown> | null {
    return allOf(this.reporters.map(reporter => reporter.settled()))
  }

  async close(timeoutMs: number): Promise<void> {
    await Promise.all(this.reporters.map(reporter => reporter.close(timeoutMs)))
  }

  async #handle<V>(context: ProcessingContext<T>, again: () => V, first: unknown): Promise<V | null> {
    const { counters, tolerance } = this.#options
    try {
      const result = await this.#retry(context, again, first)
      if (context.failed) {
        this.#markFailed()
        counters.skipped++
      }
      return result
    } catch (error) {
      if (error instanceof Interrupted || isJvmError(error)) throw error
      counters.failures++
      this.#markFailed()
      context.fail(error)
      if (!TOLERATED.has(context.stage) && !(error instanceof RetriableException)) {
        throw this.#exceeded('Unhandled exception in error handler', context)
      }
      if (tolerance === 'none') throw this.#exceeded('Tolerance exceeded in error handler', context)
      counters.skipped++
      return null
    }
  }

  async #retry<V>(context: ProcessingContext<T>, again: () => V, first: unknown): Promise<V | null> {
    const { counters, retryTimeoutMs, cancelled, interrupts } = this.#options
    const deadline =
      retryTimeoutMs < 0 ? Number.POSITIVE_INFINITY : Math.round(performance.now()) + retryTimeoutMs
    let error = first
    for (let attempt = 1; ; attempt++) {
      if (!(error instanceof RetriableException)) throw error
      counters.failures++
      const now = Math.round(performance.now())
      if (now >= deadline) throw error
      await pause(this.#backoff(attempt, now, deadline), AbortSignal.any([cancelled, interrupts.signal]))
      if (!cancelled.aborted) interrupts.signal.throwIfAborted()
      counters.retries++
      if (cancelled.aborted) {
        context.fail(error)
        return null
      }
      try {
        return await this.attempt(again)
      } catch (next) {
        error = next
      }
    }
  }

  /** 300, 600, 1200 … ms up to the maximum, from there a random part of it; never beyond the deadline. */
  #backoff(attempt: number, now: number, deadline: number): number {
    const { retryDelayMaxMs } = this.#options
    let delay = FIRST_DELAY * 2 ** (attempt - 1)
    if (delay > retryDelayMaxMs) {
      if (retryDelayMaxMs <= 0) throw new IllegalArgumentException('bound must be positive')
      delay = Math.floor(Math.random() * retryDelayMaxMs)
    }
    return Math.min(delay, deadline - now)
  }

  #markFailed(): void {
    this.#options.counters.lastErrorTimestamp = Date.now()
  }

  #report(context: ProcessingContext<T>): Promise<void> {
    const open: Promise<void>[] = []
    for (const reporter of this.reporters) {
      const pending = reporter.report(context)
      if (pending !== null) open.push(pending)
    }
    const all = Promise.all(open).then(() => {})
    // Who does not wait for it has the log line and the counter of the reporter.
    all.catch(() => {})
    return all
  }

  /** Message and cause are the JVM's; the first frame of the trace and the hint name the place. */
  #exceeded(message: string, context: ProcessingContext<T>): ConnectException {
    const { task, describe } = this.#options
    const { stage, className, alias, original } = context
    const by = alias === null ? className : `${alias}, ${className}`
    const place = `stage ${stage} (${by}) of task ${task}, ${describe(original)}`
    const exceeded = new ConnectException(message, {
      cause: context.error,
      hint:
        `${place}. Correct the record or the configuration, step over the record by altering the offsets of the ` +
        'connector, or set errors.tolerance=all to skip such records.',
    })
    return withPlace(exceeded, place)
  }
}

function allOf(pending: readonly (Promise<void> | null)[]): Promise<unknown> | null {
  return pending.some(one => one !== null) ? Promise.all(pending) : null
}

/** What the JVM's operator does not catch: the end of the stack or of memory, a class that is not there. */
function isJvmError(error: unknown): boolean {
  if (/^java\.lang\.\w*Error$/.test(javaClassOf(error))) return true
  return error instanceof RangeError && /call stack|out of memory/i.test(error.message)
}

class IllegalArgumentException extends ConnectException {
  static override readonly javaClass = 'java.lang.IllegalArgumentException'
}

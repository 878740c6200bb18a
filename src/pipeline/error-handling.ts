import { logger } from '../observe/log.ts'
import type { DeadLetter } from './dead-letter.ts'
import { DeadLetterQueue, type DeadLetterQueueSettings } from './dead-letter-queue.ts'
import { ErrorCounters } from './error-counters.ts'
import { ErrorOperator, type ErrorTolerance } from './error-operator.ts'
import type { ErrorReporter } from './error-reporter.ts'
import type { Interrupts } from './interrupts.ts'
import { LogReporter } from './log-reporter.ts'
import type { TaskId } from './task-runner.ts'

/** A connector's `errors.*` keys. */
export interface ErrorSettings extends ErrorTolerance {
  /** errors.log.enable */
  logEnable: boolean
  /** errors.log.include.messages */
  logMessages: boolean
  deadLetterQueue: DeadLetterQueueSettings | null
}

/** Connect's defaults: the first bad record fails the task. */
export const NO_TOLERANCE: ErrorSettings = {
  tolerance: 'none',
  retryTimeoutMs: 0,
  retryDelayMaxMs: 60_000,
  logEnable: false,
  logMessages: false,
  deadLetterQueue: null,
}

export interface ErrorHandlingOptions<T> {
  id: TaskId
  settings: ErrorSettings
  cancelled: AbortSignal
  interrupts: Interrupts
  /** Names a record in an error. */
  describe(original: T): string
  /** A record in the error log. */
  recordText(original: T): string
  letter(original: T): DeadLetter
}

/** What one task does about records that fail: its operator, reporters and counters. */
export class ErrorHandling<T> {
  readonly counters = new ErrorCounters()
  readonly operator: ErrorOperator<T>
  readonly #options: ErrorHandlingOptions<T>

  constructor(options: ErrorHandlingOptions<T>) {
    this.#options = options
    this.operator = new ErrorOperator({
      ...options.settings,
      task: `${options.id.connector}-${options.id.task}`,
      counters: this.counters,
      cancelled: options.cancelled,
      interrupts: options.interrupts,
      describe: options.describe,
    })
  }

  /** A failed record is told to somebody. */
  get reports(): boolean {
    const { logEnable, deadLetterQueue } = this.#options.settings
    return logEnable || deadLetterQueue !== null
  }

  /** Opens the reporters. Throws ConnectException where the dead letter queue's topic cannot be had. */
  async open(): Promise<void> {
    const { id, settings, cancelled, letter, recordText } = this.#options
    const scope = `${id.connector}|task-${id.task}`
    const log = (name: string) => logger(`org.apache.kafka.connect.runtime.errors.${name}`, scope)
    const reporters: ErrorReporter<T>[] = []
    if (settings.deadLetterQueue !== null) {
      reporters.push(
        await DeadLetterQueue.open({
          ...settings.deadLetterQueue,
          id,
          letter,
          counters: this.counters,
          cancelled,
          log: log('DeadLetterQueueReporter'),
        }),
      )
    }
    if (settings.logEnable) {
      reporters.push(
        new LogReporter({
          task: `${id.connector}-${id.task}`,
          recordText: settings.logMessages ? recordText : null,
          counters: this.counters,
          log: log('LogReporter'),
        }),
      )
    }
    this.operator.reporters = reporters
  }

  close(timeoutMs: number): Promise<void> {
    return this.operator.close(timeoutMs)
  }
}

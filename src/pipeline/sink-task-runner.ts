import { causes, javaTrace } from '../data/errors.ts'
import type { SinkRecord } from '../data/records.ts'
import type { Consumer, TopicPartition } from '../kafka/port.ts'
import { type PartitionLag, SinkMeters, type TaskReport } from '../observe/metrics/task-meters.ts'
import type { SinkTask, SinkTaskContext } from '../sdk/plugin.ts'
import type { Chain } from './chain.ts'
import { consumerLag } from './consumer-lag.ts'
import { closeConverters, type TaskConverters } from './converters.ts'
import { SinkCounters } from './counters.ts'
import { consumedLetter } from './dead-letter.ts'
import { ErrantRecords } from './errant-records.ts'
import type { ErrorCounters } from './error-counters.ts'
import { ErrorHandling, type ErrorSettings, NO_TOLERANCE } from './error-handling.ts'
import { Interrupts } from './interrupts.ts'
import { consumedRecordText } from './log-reporter.ts'
import { type ConsumedRecord, describeConsumed } from './processing-context.ts'
import { SinkLoop } from './sink-loop.ts'
import { StageClock } from './stage-clock.ts'
import { TaskRunner, type TaskRunnerOptions } from './task-runner.ts'

export interface SinkTaskRunnerOptions extends TaskRunnerOptions {
  /** Called once, when the task is to start; `start` of what it gives is called next. */
  createTask(context: SinkTaskContext): SinkTask
  /** `topics`, or `topics.regex` (matched against whole names). */
  topics: string[] | { pattern: RegExp }
  converters: TaskConverters
  chain?: Chain<SinkRecord> | null
  /** What is done about records that fail; default: the first one fails the task. */
  errors?: ErrorSettings
  /** Records that `put` refuses are found by halving the batch; the task's puts must be idempotent. */
  isolatePut?: boolean
  openConsumer(): Promise<Consumer>
  /** offset.flush.interval.ms */
  offsetFlushIntervalMs: number
  /** offset.flush.timeout.ms */
  offsetFlushTimeoutMs: number
  /** The most records of one `put`: the consumer's `max.poll.records`, default 500. */
  maxPollRecords?: number
  /** About how many bytes one `put` may hold; one record always passes. Default 16 MiB. */
  maxPollBytes?: number
  /** How long the last commit may take: the consumer's `default.api.timeout.ms`, default 60000. */
  commitSyncTimeoutMs?: number
}

/** How long dead letters that are under way are waited for when the task ends. */
const REPORTERS_CLOSE_MS = 30_000

/**
 * Moves records of Kafka into one sink task, at least once. Java: org.apache.kafka.connect.runtime.WorkerSinkTask
 */
export class SinkTaskRunner extends TaskRunner {
  readonly counters = new SinkCounters()
  readonly #meters: SinkMeters | null
  readonly #clock: StageClock
  readonly #options: SinkTaskRunnerOptions
  readonly #errors: ErrorHandling<ConsumedRecord>
  readonly #errant: ErrantRecords
  readonly #interrupts = new Interrupts()
  #consumer: Consumer | null = null
  #loop: SinkLoop | null = null
  #closing = false

  constructor(options: SinkTaskRunnerOptions) {
    super(options, 'org.apache.kafka.connect.runtime.WorkerSinkTask')
    this.#options = options
    this.#meters = options.metrics === false ? null : new SinkMeters()
    this.#clock = new StageClock(this.#meters)
    this.#errors = new ErrorHandling<ConsumedRecord>({
      id: options.id,
      settings: options.errors ?? NO_TOLERANCE,
      cancelled: this.abandoned,
      interrupts: this.#interrupts,
      describe: describeConsumed,
      recordText: consumedRecordText,
      letter: consumedLetter,
    })
    this.#errant = new ErrantRecords(this.#errors.operator, options.converters)
  }

  get errorCounters(): ErrorCounters {
    return this.#errors.counters
  }

  override takeReport(): TaskReport | null {
    return this.#meters?.take(this.errorCounters.values(), this.#lag()) ?? null
  }

  /** Partitions that the task has open. */
  assignment(): TopicPartition[] {
    return this.#loop?.partitions() ?? []
  }

  protected override async initializeAndStart(): Promise<void> {
    const options = this.#options
    await this.#errors.open()
    if (this.stopping) return
    this.#consumer = await options.openConsumer()
    this.#loop = new SinkLoop({
      life: this,
      options,
      consumer: this.#consumer,
      errors: this.#errors,
      errant: this.#errant,
      interrupts: this.#interrupts,
      counters: this.counters,
      meters: this.#meters,
      clock: this.#clock,
    })
    await this.#loop.task.start?.()
    // Subscribing joins the group: the others would get a rebalance for a task that ends.
    if (this.stopping) return
    this.#consumer.subscribe(options.topics, this.#loop.rebalance)
  }

  protected override execute(): Promise<void> {
    return this.#loop!.run()
  }

  protected override async close(): Promise<void> {
    this.#closing = true
    this.#loop?.rebalance.ignore()
    try {
      await this.#loop?.task.stop?.()
    } catch (error) {
      this.log.warn(`Could not stop task: ${causes(error)}`, javaTrace(error))
    }
    await this.#closeConsumer()
    this.#options.chain?.close(this.log)
    await this.#errors.close(this.cancelled ? 0 : REPORTERS_CLOSE_MS)
    closeConverters(this.#options.converters)
  }

  protected override targetChanged(): void {
    this.#loop?.targetChanged()
    if (this.stopping || this.pauseWanted) this.#interrupts.interrupt()
    this.#consumer?.wakeup()
  }

  /** Leaves the group at once, so that the next instance need not wait for this one's plugin to return. */
  protected override abandon(): void {
    this.#loop?.rebalance.ignore()
    void this.#closeConsumer()
    void this.#errors.close(0)
  }

  #lag(): PartitionLag[] {
    const consumer = this.#consumer
    if (consumer === null || this.#closing || this.cancelled) return []
    return consumerLag(consumer, this.assignment())
  }

  async #closeConsumer(): Promise<void> {
    try {
      await this.#consumer?.close()
    } catch (error) {
      this.log.warn(`The consumer could not be closed: ${causes(error)}`, javaTrace(error))
    }
  }
}

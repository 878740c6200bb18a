import { causes, javaTrace, type RetriableException } from '../data/errors.ts'
import type { SinkRecord } from '../data/records.ts'
import { PackedBatch } from '../kafka/packed-batch.ts'
import type { Consumer, TopicPartition } from '../kafka/port.ts'
import { type PartitionLag, SinkMeters, type TaskReport } from '../observe/metrics/task-meters.ts'
import type { SinkTask, SinkTaskContext } from '../sdk/plugin.ts'
import { LONGEST_TIMER } from '../waiting/deadline.ts'
import { Breather } from './breather.ts'
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
import { SinkCommitter } from './sink-commit.ts'
import { SinkContext } from './sink-context.ts'
import { SinkDelivery } from './sink-delivery.ts'
import { SinkIntake } from './sink-intake.ts'
import { SinkOffsets } from './sink-offsets.ts'
import { SinkPauses } from './sink-pauses.ts'
import { SinkRebalance } from './sink-rebalance.ts'
import { SinkWait } from './sink-wait.ts'
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
  readonly #offsets = new SinkOffsets()
  readonly #batch = new PackedBatch()
  readonly #errors: ErrorHandling<ConsumedRecord>
  readonly #errant: ErrantRecords
  readonly #breather = new Breather()
  readonly #limits: Parameters<Consumer['poll']>[1]
  #task: SinkTask | null = null
  #consumer: Consumer | null = null
  #context!: SinkContext
  #delivery!: SinkDelivery
  #committer!: SinkCommitter
  #rebalance!: SinkRebalance
  #pauses!: SinkPauses
  #wait!: SinkWait
  #intake!: SinkIntake
  readonly #interrupts = new Interrupts()
  /** Read and decoded, not yet taken by `put`. */
  #records: SinkRecord[] = []
  #nextCommit = 0
  #targetChanged = false
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
    this.#limits = {
      maxRecords: options.maxPollRecords ?? 500,
      maxBytes: options.maxPollBytes ?? 16 * 1024 * 1024,
      timeoutMs: 0,
    }
  }

  get errorCounters(): ErrorCounters {
    return this.#errors.counters
  }

  override takeReport(): TaskReport | null {
    return this.#meters?.take(this.errorCounters.values(), this.#lag()) ?? null
  }

  /** Partitions that the task has open. */
  assignment(): TopicPartition[] {
    return this.#offsets.partitions()
  }

  protected override async initializeAndStart(): Promise<void> {
    const options = this.#options
    await this.#errors.open()
    if (this.stopping) return
    const consumer = await options.openConsumer()
    this.#consumer = consumer
    this.#context = new SinkContext({
      id: this.id,
      log: this.log,
      signal: this.signal,
      config: this.config,
      pluginMetrics: options.pluginMetrics,
      consumer,
      allPaused: () => this.#pauses.all,
      errantRecords: this.#errors.reports ? this.#errant : null,
    })
    this.#pauses = new SinkPauses(consumer, this.#context, () => this.pauseWanted)
    const task = options.createTask(this.#context)
    this.#task = task
    this.#delivery = new SinkDelivery({
      task,
      isolatePut: options.isolatePut === true,
      errantRecords: this.#errant,
      counters: this.counters,
      meters: this.#meters,
      cancelled: () => this.cancelled,
    })
    this.#committer = new SinkCommitter({
      name: this.toString(),
      task,
      consumer,
      offsets: this.#offsets,
      counters: this.counters,
      meters: this.#meters,
      timeoutMs: options.offsetFlushTimeoutMs,
      syncTimeoutMs: options.commitSyncTimeoutMs ?? 60_000,
      cancelled: () => this.cancelled,
      reported: partitions => this.#errant.reported(partitions),
      log: this.log,
    })
    this.#rebalance = new SinkRebalance({
      task,
      consumer,
      offsets: this.#offsets,
      committer: this.#committer,
      context: this.#context,
      log: this.log,
      revoked: partitions => {
        this.#errant.forget(partitions)
        this.#forgetRecords(partitions)
        this.#wait.moved(partitions)
        this.#measureAssignment()
      },
      assigned: () => {
        this.#pauses.assigned(this.#records.length > 0)
        this.#measureAssignment()
      },
      rewind: () => this.#rewind(),
    })
    this.#wait = new SinkWait({
      consumer,
      offsets: this.#offsets,
      pauses: this.#pauses,
      interrupts: this.#interrupts,
      poll: (batch, limits) => this.#read(batch, limits),
      stopping: () => this.stopping,
    })
    this.#intake = new SinkIntake({
      converters: options.converters,
      chain: options.chain ?? null,
      offsets: this.#offsets,
      operator: this.#errors.operator,
      wait: this.#wait,
      keepsBytes: this.#errors.reports || options.isolatePut === true,
      share: this.#clock.share,
      uses: topic => this.usesTopic(topic),
    })
    await task.start?.()
    consumer.subscribe(options.topics, this.#rebalance)
  }

  protected override async execute(): Promise<void> {
    this.#nextCommit = performance.now() + this.#options.offsetFlushIntervalMs
    this.#targetChanged = this.pauseWanted
    try {
      while (!this.stopping) await this.#iterate()
    } catch (error) {
      try {
        await this.#closePartitions()
      } catch (suppressed) {
        this.log.warn(`Could not close the task's partitions: ${causes(suppressed)}`, javaTrace(suppressed))
      }
      throw error
    }
    await this.#closePartitions()
  }

  protected override async close(): Promise<void> {
    this.#closing = true
    this.#rebalance?.ignore()
    try {
      await this.#task?.stop?.()
    } catch (error) {
      this.log.warn(`Could not stop task: ${causes(error)}`, javaTrace(error))
    }
    await this.#closeConsumer()
    this.#options.chain?.close(this.log)
    await this.#errors.close(this.cancelled ? 0 : REPORTERS_CLOSE_MS)
    closeConverters(this.#options.converters)
  }

  protected override targetChanged(): void {
    this.#targetChanged = true
    if (this.stopping || this.pauseWanted) this.#interrupts.interrupt()
    this.#consumer?.wakeup()
  }

  /** Leaves the group at once, so that the next instance need not wait for this one's plugin to return. */
  protected override abandon(): void {
    this.#rebalance?.ignore()
    void this.#closeConsumer()
    void this.#errors.close(0)
  }

  async #closePartitions(): Promise<void> {
    const partitions = this.#offsets.partitions()
    if (partitions.length > 0) await this.#clock.in('commit', async () => this.#committer.close(partitions))
    this.#meters?.partitions.record(0)
  }

  #measureAssignment(): void {
    this.#meters?.partitions.record(this.#offsets.partitions().length)
    this.#meters?.active.record(this.#offsets.active())
  }

  #lag(): PartitionLag[] {
    const consumer = this.#consumer
    if (consumer === null || this.#closing || this.cancelled) return []
    return consumerLag(consumer, this.#offsets.partitions())
  }

  async #closeConsumer(): Promise<void> {
    try {
      await this.#consumer?.close()
    } catch (error) {
      this.log.warn(`The consumer could not be closed: ${causes(error)}`, javaTrace(error))
    }
  }

  async #iterate(): Promise<void> {
    if (this.#targetChanged) this.#followTarget()
    this.#interrupts.followed()
    const now = performance.now()
    if (!this.#committer.committing && (this.#context.commitRequested || now >= this.#nextCommit)) {
      this.#nextCommit = now + this.#options.offsetFlushIntervalMs
      this.#context.commitRequested = false
      await this.#clock.in('commit', async () => this.#committer.begin())
    }
    this.#committer.checkTimeout(now)
    this.#rewind()
    if (!(await this.#poll())) return
    await this.#deliver()
    if (this.#breather.due) await this.#breather.take()
  }

  /** Fills `#records` or waits for what is due next; false when the wait was cut short by pause, resume or stop. */
  async #poll(): Promise<boolean> {
    const asked = this.#context.takeTimeout()
    const untilCommit = Math.max(this.#nextCommit - performance.now(), 0)
    const deadline = performance.now() + (asked > 0 ? Math.min(asked, untilCommit) : untilCommit)
    for (;;) {
      this.#limits.timeoutMs = Math.min(Math.max(Math.ceil(deadline - performance.now()), 0), LONGEST_TIMER)
      try {
        const read = await this.#clock.in('poll', () => this.#read(this.#batch, this.#limits))
        if (read > 0) {
          this.counters.read += read
          this.counters.readBytes += this.#batch.dataLength
          return await this.#take(read)
        }
      } catch (error) {
        this.#wait.anchor(this.#batch, 0)
        throw error
      }
      if (this.#targetChanged) return false
      // A task hears of nothing before its timeout: a rebalance or a partition's end is no reason for a `put`.
      if (performance.now() >= deadline) return true
      if (this.#breather.due) await this.#breather.take()
    }
  }

  /** False when nothing of the batch was taken, because all of it comes again. */
  async #take(read: number): Promise<boolean> {
    this.#meters?.read.record(read)
    const began = this.#clock.now()
    const taken = await this.#intake.take(this.#batch, this.#records)
    this.#clock.converted(this.#clock.now() - began)
    if (taken < read || this.#wait.broken) this.#wait.putBack(this.#batch, taken)
    this.#meters?.active.record(this.#offsets.active())
    return taken > 0
  }

  async #read(...[batch, limits]: Parameters<Consumer['poll']>): Promise<number> {
    let read: number
    try {
      read = await this.#consumer!.poll(batch, limits)
    } finally {
      // A given up task's plugin may still be in `open`, `close` or `preCommit`: one call at a time.
      if (this.#rebalance.running) await this.#rebalance.running
    }
    this.#rebalance.throwFailure()
    return read
  }

  async #deliver(): Promise<void> {
    const records = this.#records
    const unfinished = await this.#clock.in('put', () => this.#delivery.put(records))
    if (unfinished !== null) {
      this.#records = unfinished.left
      if (unfinished.error !== null) this.#redeliverLater(unfinished.error)
      return
    }
    const room = this.#errors.operator.room()
    if (room !== null) await room
    this.#offsets.delivered()
    if (records.length > 0) this.#records = []
    this.#pauses.redelivered()
  }

  #redeliverLater(error: RetriableException): void {
    this.log.error(`RetriableException from SinkTask: ${causes(error)}`, javaTrace(error))
    this.#pauses.redeliver()
  }

  #followTarget(): void {
    this.#targetChanged = false
    if (this.stopping) return
    this.#pauses.followTarget()
    if (this.pauseWanted) {
      this.onPause()
      this.#context.requestCommit()
    } else {
      this.onResume()
    }
  }

  #rewind(): void {
    for (const { topic, partition, offset } of this.#context.takeRewinds()) {
      if (offset == null) {
        this.log.warn(`Cannot rewind ${topic}-${partition} to null offset`)
        continue
      }
      this.#consumer!.seek({ topic, partition, offset })
      this.#offsets.position(topic, partition, offset)
      this.#wait.moved([{ topic, partition }])
    }
  }

  /** Records of partitions that went away come again to whoever owns them now. */
  #forgetRecords(partitions: readonly TopicPartition[]): void {
    if (this.#records.length === 0) return
    const gone = new Set(partitions.map(({ topic, partition }) => `${partition}-${topic}`))
    const left = this.#records.filter(
      ({ originalTopic, originalKafkaPartition }) => !gone.has(`${originalKafkaPartition}-${originalTopic}`),
    )
    // In place: the intake may have more to append.
    this.#records.length = 0
    for (const record of left) this.#records.push(record)
  }
}

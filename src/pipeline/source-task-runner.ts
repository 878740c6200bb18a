import { causes, javaTrace } from '../data/errors.ts'
import type { SourceRecord } from '../data/records.ts'
import type { Producer } from '../kafka/port.ts'
import { SourceMeters, type TaskReport } from '../observe/metrics/task-meters.ts'
import { printLine } from '../observe/output.ts'
import type { OffsetStorageReader, SourceTask, SourceTaskContext } from '../sdk/plugin.ts'
import { Breather } from './breather.ts'
import type { Chain } from './chain.ts'
import { closeConverters, type TaskConverters } from './converters.ts'
import { SourceCounters } from './counters.ts'
import { sourceLetter } from './dead-letter.ts'
import type { ErrorCounters } from './error-counters.ts'
import { ErrorHandling, type ErrorSettings, NO_TOLERANCE } from './error-handling.ts'
import { Interrupts } from './interrupts.ts'
import { sourceRecordText } from './log-reporter.ts'
import { OffsetCommitter, type OffsetWriter } from './offset-commit.ts'
import { SourceDispatch } from './source-dispatch.ts'
import { SourceEncoder } from './source-encoder.ts'
import { SubmittedRecords } from './source-offsets.ts'
import { SourceOutcomes } from './source-outcomes.ts'
import { SourcePoller } from './source-poller.ts'
import { describeSource } from './source-record.ts'
import { SourceRecovery } from './source-recovery.ts'
import { SourceSender } from './source-sender.ts'
import { StageClock } from './stage-clock.ts'
import { TaskRunner, type TaskRunnerOptions } from './task-runner.ts'
import type { TopicCreation } from './topic-creation.ts'

export interface SourceTaskRunnerOptions extends TaskRunnerOptions {
  /** Called once, when the task is to start; `start` of what it gives is called next. */
  createTask(context: SourceTaskContext): SourceTask
  converters: TaskConverters
  chain?: Chain<SourceRecord> | null
  /** What is done about records that fail; default: the first one fails the task. */
  errors?: ErrorSettings
  /** A new producer; called again when one has died. */
  openProducer(): Promise<Producer>
  /** Makes topics before their first record; without it that is the broker's affair. */
  topicCreation?: TopicCreation | null
  offsetReader: OffsetStorageReader
  offsetWriter: OffsetWriter
  /** offset.flush.interval.ms */
  offsetFlushIntervalMs: number
  /** offset.flush.timeout.ms */
  offsetFlushTimeoutMs: number
  /** How many bytes of unacknowledged records are kept for sending again; default 16 MiB. */
  inFlightBytes?: number
}

const PRODUCER_CLOSE_MS = 30_000

/**
 * Moves the records of one source task to Kafka, at least once, and its offsets behind them.
 * Java: org.apache.kafka.connect.runtime.WorkerSourceTask
 */
export class SourceTaskRunner extends TaskRunner {
  readonly counters = new SourceCounters()
  readonly #meters: SourceMeters | null
  readonly #clock: StageClock
  readonly #options: SourceTaskRunnerOptions
  readonly #errors: ErrorHandling<SourceRecord>
  #task: SourceTask | null = null
  #submitted!: SubmittedRecords
  #outcomes!: SourceOutcomes
  #sender: SourceSender | null = null
  #committer: OffsetCommitter | null = null
  readonly #breather = new Breather()
  #poller!: SourcePoller
  #dispatch!: SourceDispatch
  #closing = false
  readonly #interrupts = new Interrupts()

  constructor(options: SourceTaskRunnerOptions) {
    super(options, 'org.apache.kafka.connect.runtime.WorkerSourceTask')
    this.#options = options
    this.#meters = options.metrics === false ? null : new SourceMeters()
    this.#clock = new StageClock(this.#meters)
    this.#errors = new ErrorHandling<SourceRecord>({
      id: options.id,
      settings: options.errors ?? NO_TOLERANCE,
      cancelled: this.abandoned,
      interrupts: this.#interrupts,
      describe: record => describeSource(record),
      recordText: sourceRecordText,
      letter: record => sourceLetter(record, options.converters),
    })
  }

  get errorCounters(): ErrorCounters {
    return this.#errors.counters
  }

  override takeReport(): TaskReport | null {
    return this.#meters?.take(this.errorCounters.values(), []) ?? null
  }

  protected override async initializeAndStart(): Promise<void> {
    const options = this.#options
    const { operator } = this.#errors
    await this.#errors.open()
    if (this.stopping) return
    this.#sender = await SourceSender.open({
      openProducer: options.openProducer,
      inFlightBytes: options.inFlightBytes ?? 16 * 1024 * 1024,
      signal: this.abandoned,
      stop: this.signal,
      log: this.log,
      delivered: runs => this.#outcomes.delivered(runs),
      // What a closing producer drops is neither refused nor done with: the next instance sends it.
      refused: run => this.#closing || this.cancelled || this.#outcomes.refused(run),
      strict: operator.tolerance === 'none',
      settled: () => this.#settled(),
      describe: sequence => this.#outcomes.describe(sequence),
    })
    const task = options.createTask(this.#context())
    this.#task = task
    this.#poller = new SourcePoller({
      name: this.toString(),
      task,
      signal: this.signal,
      breather: this.#breather,
      log: this.log,
      meters: this.#meters,
    })
    const submitted = new SubmittedRecords(task.commitRecord !== undefined || operator.tolerance === 'all')
    this.#submitted = submitted
    this.#outcomes = new SourceOutcomes({
      name: this.toString(),
      task,
      submitted,
      topicOf: sequence => this.#sender?.topicOf(sequence) ?? null,
      uses: topic => this.usesTopic(topic),
      knows: topic => this.knowsTopic(topic),
      operator,
      counters: this.counters,
      meters: this.#meters,
      log: this.log,
    })
    const encoder = new SourceEncoder({
      converters: options.converters,
      chain: options.chain ?? null,
      submitted,
      dropped: record => this.#outcomes.dropped(record),
      known: options.topicCreation?.known ?? null,
      share: this.#clock.share,
    })
    this.#dispatch = new SourceDispatch({
      life: this,
      sender: this.#sender,
      submitted,
      encoder,
      recovery: new SourceRecovery(options.converters, options.chain ?? null, operator),
      outcomes: this.#outcomes,
      operator,
      topicCreation: options.topicCreation ?? null,
      counters: this.counters,
      clock: this.#clock,
      breather: this.#breather,
      follow: () => this.#follow(),
    })
    await task.start?.()
    this.#committer = new OffsetCommitter({
      task: this.toString(),
      connector: this.id.connector,
      writer: options.offsetWriter,
      committable: () => submitted.committable(),
      // Invariant 1: an offset may cover records whose only trace is a dead letter.
      durable: () => operator.settled(),
      committed: () => task.commit?.(),
      intervalMs: options.offsetFlushIntervalMs,
      timeoutMs: options.offsetFlushTimeoutMs,
      log: this.log,
      measured: (ms, success) => this.#committed(ms, success),
    })
    this.#committer.schedule()
  }

  protected override async execute(): Promise<void> {
    try {
      while (!this.stopping) {
        if (!(await this.#follow())) break
        await this.#sender!.check(this.signal)
        if (this.stopping) break
        const records = await this.#clock.in('poll', () => this.#poller.poll())
        if (records === null || records.length === 0) continue
        this.counters.polled += records.length
        this.#meters?.batchSize.record(records.length)
        this.#meters?.active.record(this.#active() + records.length)
        await this.#dispatch.send(records)
        if (this.#breather.due) await this.#breather.take()
      }
    } catch (error) {
      await this.#finalCommit()
      throw error
    }
    await this.#finalCommit()
  }

  protected override async close(): Promise<void> {
    this.#closing = true
    this.#committer?.stop()
    try {
      await this.#task?.stop?.()
    } catch (error) {
      this.log.warn(`Could not stop task: ${causes(error)}`, javaTrace(error))
    }
    const closeMs = this.cancelled ? 0 : PRODUCER_CLOSE_MS
    await this.#sender?.close(closeMs)
    await this.#options.topicCreation?.close()
    this.#options.chain?.close(this.log)
    await this.#errors.close(closeMs)
    closeConverters(this.#options.converters)
  }

  protected override targetChanged(): void {
    if (this.stopping || this.pauseWanted) this.#interrupts.interrupt()
    if (this.stopping) this.#committer?.hurry()
  }

  protected override abandon(): void {
    this.#committer?.stop()
    void this.#sender?.close(0)
    void this.#errors.close(0)
  }

  /** Lets a pause that is asked for go by; false when the task is to stop. */
  async #follow(): Promise<boolean> {
    if (this.pauseWanted && !this.stopping) {
      this.onPause()
      await this.awaitResume()
      if (!this.stopping) this.onResume()
    }
    this.#interrupts.followed()
    return !this.stopping
  }

  /** Waits for outstanding acknowledgements, then stores the last offsets; a cancelled task does neither. */
  async #finalCommit(): Promise<void> {
    const committer = this.#committer!
    if (this.cancelled) return
    // The worker may give the task up before this wait is over: what is acknowledged is stored meanwhile.
    committer.hurry()
    await this.#sender!.flush(this.#options.offsetFlushTimeoutMs)
    committer.stop()
    // Invariant 2: by now a newer instance may have committed more than this one knows.
    if (this.cancelled) return
    await committer.commit()
  }

  #settled(): number {
    this.#submitted.settle()
    this.#meters?.active.record(this.#active())
    return this.#submitted.settled
  }

  /** Records polled but not known to be in Kafka. */
  #active(): number {
    return this.#submitted.next - this.#submitted.settled + this.#dispatch.left
  }

  #committed(ms: number, success: boolean): void {
    if (success) this.#meters?.commitTime.record(ms)
    this.#meters?.commitResult.record(success ? 1 : 0)
    this.#clock.spent('commit', ms)
  }

  #context(): SourceTaskContext {
    return {
      connectorName: this.id.connector,
      task: this.id.task,
      log: this.log,
      signal: this.signal,
      configs: () => this.config,
      print: printLine,
      pluginMetrics: () => this.#options.pluginMetrics,
      offsets: this.#options.offsetReader,
    }
  }
}

import { causes, javaTrace } from '../data/errors.ts'
import type { SourceRecord } from '../data/records.ts'
import type { Producer } from '../kafka/port.ts'
import { SourceMeters, type TaskReport } from '../observe/metrics/task-meters.ts'
import { printLine } from '../observe/output.ts'
import type { OffsetStorageReader, SourceTask, SourceTaskContext } from '../sdk/plugin.ts'
import { pause } from '../waiting/deadline.ts'
import { Breather } from './breather.ts'
import type { Chain } from './chain.ts'
import { closeConverters, type TaskConverters } from './converters.ts'
import { SourceCounters } from './counters.ts'
import { sourceLetter } from './dead-letter.ts'
import type { ErrorCounters } from './error-counters.ts'
import { ErrorHandling, type ErrorSettings, NO_TOLERANCE } from './error-handling.ts'
import { Interrupted, Interrupts } from './interrupts.ts'
import { sourceRecordText } from './log-reporter.ts'
import { OffsetCommitter, type OffsetWriter } from './offset-commit.ts'
import { type EncodeFailure, SourceEncoder } from './source-encoder.ts'
import { SubmittedRecords } from './source-offsets.ts'
import { SourceOutcomes } from './source-outcomes.ts'
import { isRetriable, SourcePoller } from './source-poller.ts'
import { describeSource } from './source-record.ts'
import { appendEncoded, type EncodedRecord, SourceRecovery } from './source-recovery.ts'
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
/** Java: AbstractWorkerSourceTask.SEND_FAILED_BACKOFF_MS */
const SEND_FAILED_BACKOFF_MS = 100

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
  readonly #recovery: SourceRecovery
  #task: SourceTask | null = null
  #submitted!: SubmittedRecords
  #encoder!: SourceEncoder
  #outcomes!: SourceOutcomes
  #sender: SourceSender | null = null
  #committer: OffsetCommitter | null = null
  readonly #breather = new Breather()
  #poller!: SourcePoller
  #closing = false
  readonly #interrupts = new Interrupts()
  /** Of what was polled last, not yet handed to the converters. */
  #left = 0

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
    this.#recovery = new SourceRecovery(options.converters, options.chain ?? null, this.#errors.operator)
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
    this.#encoder = new SourceEncoder({
      converters: options.converters,
      chain: options.chain ?? null,
      submitted,
      dropped: record => this.#outcomes.dropped(record),
      known: options.topicCreation?.known ?? null,
      share: this.#clock.share,
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
        this.#left = records.length
        this.#meters?.batchSize.record(records.length)
        this.#meters?.active.record(this.#active())
        await this.#send(records)
        this.#left = 0
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

  /**
   * As in Java a task that is asked to stop still sends what it has polled, but for what has to wait for a registry or
   * a retry first: that is polled again by the next instance. Giving the task up ends this.
   */
  async #send(records: readonly SourceRecord[]): Promise<void> {
    const sender = this.#sender!
    const clock = this.#clock
    for (let i = 0; i < records.length && !this.cancelled; ) {
      const waited = clock.now()
      if (!sender.hasRoom) {
        await sender.room()
        if (this.cancelled) return
      }
      const batch = sender.open(this.#submitted.next)
      const from = batch.count
      const bytes = batch.dataLength
      const began = clock.now()
      i = this.#encoder.encode(records, i, batch)
      const encoded = clock.now()
      this.#left = records.length - i
      this.counters.sent += batch.count - from
      this.counters.sentBytes += batch.dataLength - bytes
      this.#outcomes.awaits(batch.topics)
      // What was polled before a bad record goes out, as in Java.
      const rest = sender.send(batch, from)
      if (rest !== null) await rest
      clock.converted(encoded - began)
      clock.spent('produce', began - waited + clock.now() - encoded)
      sender.throwFailure()
      if (sender.gaveUp) return
      // What Kafka refuses is reported from its callback, which cannot wait.
      const room = this.#errors.operator.room()
      if (room !== null) await room
      const { failure, wanted, pending } = this.#encoder
      try {
        if (pending !== null) await clock.in('convert', () => this.#errors.operator.ready(pending))
        if (failure !== null) {
          if (!(await this.#recover(records[i]!, failure))) return
          i++
        }
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error
        // After a pause the record is taken anew, transformations included: they may have gone on since the failure.
        if (!(await this.#follow())) return
      }
      if (wanted !== null && !(await this.#ensureTopic(wanted))) return
      if (this.#breather.due) await this.#breather.take()
    }
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

  /** Takes one record the slow way; false when the task ends meanwhile. @throws Interrupted */
  async #recover(record: SourceRecord, failure: EncodeFailure): Promise<boolean> {
    const encoded = await this.#clock.in('convert', () => this.#recovery.recover(record, failure))
    if (this.cancelled) return false
    if (encoded.length === 0) {
      this.#outcomes.dropped(record)
      return true
    }
    const known = this.#options.topicCreation?.known
    for (const { record: output } of encoded) {
      const wanted = known === undefined || known.has(output.topic!) ? null : output.topic
      if (wanted !== null && !(await this.#ensureTopic(wanted))) return false
    }
    await this.#sendEncoded(record, encoded)
    return !this.cancelled && !this.#sender!.gaveUp
  }

  async #sendEncoded(record: SourceRecord, encoded: readonly EncodedRecord[]): Promise<void> {
    const sender = this.#sender!
    if (!sender.hasRoom) await sender.room()
    if (this.cancelled) return
    const batch = sender.open(this.#submitted.next)
    const from = batch.count
    const bytes = batch.dataLength
    for (const one of encoded) appendEncoded(batch, one)
    if (encoded.length === 1) this.#submitted.submit(record)
    else this.#submitted.submitSeveral(record, encoded.length)
    this.counters.sent += encoded.length
    this.counters.sentBytes += batch.dataLength - bytes
    this.#outcomes.awaits(batch.topics)
    await sender.send(batch, from)
    sender.throwFailure()
  }

  /** False when the task is asked to stop before it is known whether the topic is there. */
  async #ensureTopic(topic: string): Promise<boolean> {
    while (!this.stopping) {
      try {
        await this.#options.topicCreation!.ensure(topic)
        return true
      } catch (error) {
        if (!isRetriable(error)) throw error
        this.log.warn(
          `${this} Failed to send record to topic '${topic}'. Backing off before retrying: ${causes(error)}`,
          javaTrace(error),
        )
        await pause(SEND_FAILED_BACKOFF_MS, this.signal)
      }
    }
    return false
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
    return this.#submitted.next - this.#submitted.settled + this.#left
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

import { javaTrace, RetriableException } from '../data/errors.ts'
import type { SourceRecord } from '../data/records.ts'
import type { DeliveryRun, KafkaError, Producer } from '../kafka/port.ts'
import type { OffsetStorageReader, SourceTask, SourceTaskContext } from '../sdk/plugin.ts'
import { isPending } from './awaitable.ts'
import { Breather } from './breather.ts'
import type { Chain } from './chain.ts'
import { closeConverters, type TaskConverters } from './converters.ts'
import { SourceCounters } from './counters.ts'
import { pauseFor } from './deadline.ts'
import { OffsetCommitter, type OffsetWriter } from './offset-commit.ts'
import { describe, SourceEncoder } from './source-encoder.ts'
import { SubmittedRecords } from './source-offsets.ts'
import { SourceSender } from './source-sender.ts'
import { TaskRunner, type TaskRunnerOptions } from './task-runner.ts'
import type { TopicCreation } from './topic-creation.ts'

export interface SourceTaskRunnerOptions extends TaskRunnerOptions {
  /** Called once, when the task is to start; `start` of what it gives is called next. */
  createTask(context: SourceTaskContext): SourceTask
  converters: TaskConverters
  chain?: Chain<SourceRecord> | null
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
/** The longest pause after a `poll` that came back empty at once, in ms. */
const LONGEST_IDLE = 20

/**
 * Moves the records of one source task to Kafka, at least once, and its offsets behind them.
 * Java: org.apache.kafka.connect.runtime.WorkerSourceTask
 */
export class SourceTaskRunner extends TaskRunner {
  readonly counters = new SourceCounters()
  readonly #options: SourceTaskRunnerOptions
  #task: SourceTask | null = null
  #submitted!: SubmittedRecords
  #encoder!: SourceEncoder
  #sender: SourceSender | null = null
  #committer: OffsetCommitter | null = null
  readonly #breather = new Breather()
  #emptyPolls = 0
  #lastRetryLog = Number.NEGATIVE_INFINITY

  constructor(options: SourceTaskRunnerOptions) {
    super(options, 'org.apache.kafka.connect.runtime.WorkerSourceTask')
    this.#options = options
  }

  protected override async initializeAndStart(): Promise<void> {
    const options = this.#options
    this.#sender = await SourceSender.open({
      openProducer: options.openProducer,
      inFlightBytes: options.inFlightBytes ?? 16 * 1024 * 1024,
      signal: this.abandoned,
      log: this.log,
      delivered: runs => this.#delivered(runs),
      settled: () => this.#settled(),
      describe: sequence => this.#describe(sequence),
    })
    const task = options.createTask(this.#context())
    this.#task = task
    this.#submitted = new SubmittedRecords(task.commitRecord !== undefined)
    this.#encoder = new SourceEncoder(
      this.toString(),
      options.converters,
      options.chain ?? null,
      this.#submitted,
      record => this.#dropped(record),
      options.topicCreation?.known ?? null,
    )
    await task.start?.()
    this.#committer = new OffsetCommitter({
      task: this.toString(),
      connector: this.id.connector,
      writer: options.offsetWriter,
      committable: () => this.#submitted.committable(),
      committed: () => task.commit?.(),
      intervalMs: options.offsetFlushIntervalMs,
      timeoutMs: options.offsetFlushTimeoutMs,
      log: this.log,
    })
    this.#committer.schedule()
  }

  protected override async execute(): Promise<void> {
    try {
      while (!this.stopping) {
        if (this.pauseWanted) {
          this.onPause()
          await this.awaitResume()
          if (!this.stopping) this.onResume()
          continue
        }
        await this.#sender!.check(this.signal)
        if (this.stopping) break
        const records = await this.#poll()
        if (records === null || records.length === 0) continue
        this.counters.polled += records.length
        await this.#send(records)
        if (this.#breather.due) await this.#breather.take()
      }
    } catch (error) {
      await this.#finalCommit()
      throw error
    }
    await this.#finalCommit()
  }

  protected override async close(): Promise<void> {
    this.#committer?.stop()
    try {
      await this.#task?.stop?.()
    } catch (error) {
      this.log.warn(`Could not stop task: ${javaTrace(error)}`)
    }
    await this.#sender?.close(this.cancelled ? 0 : PRODUCER_CLOSE_MS)
    await this.#options.topicCreation?.close()
    this.#options.chain?.close()
    closeConverters(this.#options.converters)
  }

  protected override targetChanged(): void {
    if (this.stopping) this.#committer?.hurry()
  }

  protected override abandon(): void {
    this.#committer?.stop()
    void this.#sender?.close(0)
  }

  /** Null also for a retriable failure; comes back only after the event loop has had its turn when idle. */
  async #poll(): Promise<SourceRecord[] | null> {
    const started = performance.now()
    try {
      const answer = this.#task!.poll()
      if (isPending(answer)) {
        const records = await answer
        if (records != null && records.length > 0) {
          this.#emptyPolls = 0
          return records
        }
      } else if (answer != null && answer.length > 0) {
        this.#emptyPolls = 0
        return answer
      }
    } catch (error) {
      if (!isRetriable(error)) throw error
      if (started - this.#lastRetryLog >= 1000) {
        this.#lastRetryLog = started
        this.log.warn(
          `Task ${this} failed to poll records from SourceTask. Will retry operation. ${javaTrace(error)}`,
        )
      }
    }
    // A task that does not wait itself must not keep a core busy, nor the event loop from turning.
    const waited = performance.now() - started >= 1
    this.#emptyPolls = waited ? 0 : this.#emptyPolls + 1
    if (this.#emptyPolls > 1) await pauseFor(Math.min(this.#emptyPolls - 1, LONGEST_IDLE), this.signal)
    else await this.#breather.take()
    return null
  }

  /** As in Java a task that is asked to stop still sends what it has polled; only giving it up ends this. */
  async #send(records: readonly SourceRecord[]): Promise<void> {
    const sender = this.#sender!
    for (let i = 0; i < records.length && !this.cancelled; ) {
      if (!sender.hasRoom) {
        await sender.room()
        if (this.cancelled) return
      }
      const batch = sender.open(this.#submitted.next)
      const from = batch.count
      const bytes = batch.dataLength
      let failure: { error: unknown } | null = null
      try {
        i = this.#encoder.encode(records, i, batch)
      } catch (error) {
        failure = { error }
      }
      this.counters.sent += batch.count - from
      this.counters.sentBytes += batch.dataLength - bytes
      // What was polled before a bad record goes out, as in Java.
      const rest = sender.send(batch, from)
      if (rest !== null) await rest
      if (failure) throw failure.error
      sender.throwFailure()
      const { wanted } = this.#encoder
      if (wanted !== null && !(await this.#ensureTopic(wanted))) return
      if (this.#breather.due) await this.#breather.take()
    }
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
          `${this} Failed to send record to topic '${topic}'. Backing off before retrying: ${javaTrace(error)}`,
        )
        await pauseFor(SEND_FAILED_BACKOFF_MS, this.signal)
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

  #delivered(runs: readonly DeliveryRun[]): void {
    const submitted = this.#submitted
    const tellTask = this.#task?.commitRecord !== undefined
    for (const run of runs) {
      if (tellTask) this.#commitRecords(run)
      submitted.ack(run.first, run.count)
      this.counters.written += run.count
    }
  }

  #settled(): number {
    this.#submitted.settle()
    return this.#submitted.settled
  }

  #describe(sequence: number): string {
    const topic = this.#sender?.topicOf(sequence) ?? null
    const origin = this.#submitted.origin(sequence)
    const sourcePartition = origin?.partition ?? null
    return `task ${this}, ${describe({ topic, sourcePartition, sourceOffset: origin?.offset ?? null })}`
  }

  #commitRecords(run: DeliveryRun): void {
    const topic = this.#sender!.topicOf(run.first)
    for (let k = 0; k < run.count; k++) {
      const record = this.#submitted.waiting(run.first + k)
      if (record === null) continue
      const offset = run.baseOffset < 0 ? -1 : run.baseOffset + k
      try {
        this.#task!.commitRecord!(record, { topic: topic ?? record.topic!, partition: run.partition, offset })
      } catch (error) {
        this.log.error(`Exception thrown while calling task.commitRecord(): ${javaTrace(error)}`)
      }
    }
  }

  #dropped(record: SourceRecord): void {
    this.counters.dropped++
    try {
      this.#task!.commitRecord?.(record, null)
    } catch (error) {
      this.log.error(`Exception thrown while calling task.commitRecord(): ${javaTrace(error)}`)
    }
  }

  #context(): SourceTaskContext {
    return {
      connectorName: this.id.connector,
      task: this.id.task,
      log: this.log,
      signal: this.signal,
      configs: () => this.config,
      offsets: this.#options.offsetReader,
    }
  }
}

function isRetriable(error: unknown): boolean {
  return error instanceof RetriableException || (error as KafkaError | null)?.retriable === true
}

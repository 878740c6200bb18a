import { causes, javaTrace, type RetriableException } from '../data/errors.ts'
import type { SinkRecord } from '../data/records.ts'
import { PackedBatch } from '../kafka/packed-batch.ts'
import type { Consumer, TopicPartition } from '../kafka/port.ts'
import type { SinkMeters } from '../observe/metrics/task-meters.ts'
import type { SinkTask } from '../sdk/plugin.ts'
import { LONGEST_TIMER } from '../waiting/deadline.ts'
import { Breather } from './breather.ts'
import type { SinkCounters } from './counters.ts'
import type { ErrantRecords } from './errant-records.ts'
import type { ErrorHandling } from './error-handling.ts'
import type { Interrupts } from './interrupts.ts'
import type { ConsumedRecord } from './processing-context.ts'
import { SinkCommitter } from './sink-commit.ts'
import { SinkContext } from './sink-context.ts'
import { SinkDelivery } from './sink-delivery.ts'
import { SinkIntake } from './sink-intake.ts'
import { requireOffset, SinkOffsets } from './sink-offsets.ts'
import { SinkPauses } from './sink-pauses.ts'
import { SinkRebalance } from './sink-rebalance.ts'
import type { SinkTaskRunnerOptions } from './sink-task-runner.ts'
import { SinkWait } from './sink-wait.ts'
import type { StageClock } from './stage-clock.ts'
import type { TaskLife } from './task-runner.ts'

export interface SinkLoopParts {
  life: TaskLife
  options: SinkTaskRunnerOptions
  /** Not subscribed yet. */
  consumer: Consumer
  errors: ErrorHandling<ConsumedRecord>
  errant: ErrantRecords
  interrupts: Interrupts
  counters: SinkCounters
  meters: SinkMeters | null
  clock: StageClock
}

/** How long a round lasts while a commit that is due waits for the outcome of the one before. */
const COMMITTING_MS = 100

/** Polls, converts, puts and commits for one sink task, one after the other. Java: WorkerSinkTask.iteration */
export class SinkLoop {
  /** Made here, not started. */
  readonly task: SinkTask
  /** What the consumer is to tell. */
  readonly rebalance: SinkRebalance
  readonly #parts: SinkLoopParts
  readonly #offsets = new SinkOffsets()
  readonly #batch = new PackedBatch()
  readonly #breather = new Breather()
  readonly #limits: Parameters<Consumer['poll']>[1]
  readonly #context: SinkContext
  readonly #pauses: SinkPauses
  readonly #delivery: SinkDelivery
  readonly #committer: SinkCommitter
  readonly #wait: SinkWait
  readonly #intake: SinkIntake
  /** Read and decoded, not yet taken by `put`. */
  #records: SinkRecord[] = []
  #nextCommit = 0
  #targetChanged = false

  constructor(parts: SinkLoopParts) {
    const { life, options, consumer, errors, errant, interrupts, counters, meters, clock } = parts
    const { log } = life
    const offsets = this.#offsets
    this.#parts = parts
    this.#limits = {
      maxRecords: options.maxPollRecords ?? 500,
      maxBytes: options.maxPollBytes ?? 16 * 1024 * 1024,
      timeoutMs: 0,
    }
    const context = new SinkContext({
      id: life.id,
      log,
      signal: life.signal,
      config: options.config,
      pluginMetrics: options.pluginMetrics,
      consumer,
      allPaused: () => pauses.all,
      errantRecords: errors.reports ? errant : null,
    })
    const pauses = new SinkPauses(consumer, context, () => life.pauseWanted)
    const task = options.createTask(context)
    const committer = new SinkCommitter({
      name: life.toString(),
      task,
      consumer,
      offsets,
      counters,
      meters,
      timeoutMs: options.offsetFlushTimeoutMs,
      syncTimeoutMs: options.commitSyncTimeoutMs ?? 60_000,
      cancelled: () => life.cancelled,
      reported: partitions => errant.reported(partitions),
      log,
    })
    this.#context = context
    this.#pauses = pauses
    this.task = task
    this.#committer = committer
    this.#delivery = new SinkDelivery({
      task,
      isolatePut: options.isolatePut === true,
      errantRecords: errant,
      counters,
      meters,
      cancelled: () => life.cancelled,
    })
    this.rebalance = new SinkRebalance({
      task,
      consumer,
      offsets,
      committer,
      context,
      log,
      revoked: partitions => {
        errant.forget(partitions)
        this.#forgetRecords(partitions)
        this.#wait.moved(partitions)
        this.#measureAssignment()
      },
      assigned: () => {
        pauses.assigned(this.#records.length > 0)
        this.#measureAssignment()
      },
      rewind: () => this.#rewind(),
    })
    this.#wait = new SinkWait({
      consumer,
      offsets,
      pauses,
      interrupts,
      poll: (batch, limits) => this.#read(batch, limits),
      stopping: () => life.stopping,
    })
    this.#intake = new SinkIntake({
      converters: options.converters,
      chain: options.chain ?? null,
      offsets,
      operator: errors.operator,
      wait: this.#wait,
      keepsBytes: errors.reports || options.isolatePut === true,
      share: clock.share,
      uses: topic => life.usesTopic(topic),
    })
  }

  /** Partitions that the task has open. */
  partitions(): TopicPartition[] {
    return this.#offsets.partitions()
  }

  /** Pause, resume or stop was asked for. */
  targetChanged(): void {
    this.#targetChanged = true
  }

  /** Until the task is to stop or fails; its partitions are closed then. */
  async run(): Promise<void> {
    const { life, options } = this.#parts
    this.#nextCommit = performance.now() + options.offsetFlushIntervalMs
    this.#targetChanged = life.pauseWanted
    try {
      while (!life.stopping) await this.#iterate()
    } catch (error) {
      try {
        await this.#closePartitions()
      } catch (suppressed) {
        life.log.warn(`Could not close the task's partitions: ${causes(suppressed)}`, javaTrace(suppressed))
      }
      throw error
    }
    await this.#closePartitions()
  }

  async #closePartitions(): Promise<void> {
    const { clock, meters } = this.#parts
    const partitions = this.partitions()
    if (partitions.length > 0) await clock.in('commit', async () => this.#committer.close(partitions))
    meters?.partitions.record(0)
  }

  #measureAssignment(): void {
    const { meters } = this.#parts
    meters?.partitions.record(this.partitions().length)
    meters?.active.record(this.#offsets.active())
  }

  async #iterate(): Promise<void> {
    const { options, interrupts, clock } = this.#parts
    if (this.#targetChanged) this.#followTarget()
    interrupts.followed()
    const now = performance.now()
    if (!this.#committer.committing && (this.#context.commitRequested || now >= this.#nextCommit)) {
      this.#nextCommit = now + options.offsetFlushIntervalMs
      this.#context.commitRequested = false
      await clock.in('commit', async () => this.#committer.begin())
    }
    this.#committer.checkTimeout(now)
    this.#rewind()
    if (!(await this.#poll())) return
    await this.#deliver()
    if (this.#breather.due) await this.#breather.take()
  }

  /** Fills `#records` or waits for what is due next; false when the wait was cut short by pause, resume or stop. */
  async #poll(): Promise<boolean> {
    const { clock, counters } = this.#parts
    const asked = this.#context.takeTimeout()
    const untilCommit = this.#untilCommit()
    const deadline = performance.now() + (asked > 0 ? Math.min(asked, untilCommit) : untilCommit)
    for (;;) {
      this.#limits.timeoutMs = Math.min(Math.max(Math.ceil(deadline - performance.now()), 0), LONGEST_TIMER)
      try {
        const read = await clock.in('poll', () => this.#read(this.#batch, this.#limits))
        if (read > 0) {
          counters.read += read
          counters.readBytes += this.#batch.dataLength
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

  /** When the loop has to look after commits again, in ms. */
  #untilCommit(): number {
    const now = performance.now()
    const left = this.#nextCommit - now
    if (left > 0) return left
    // Due, but held back by the one before: the JVM asks for its outcome without a pause.
    return this.#committer.committing ? Math.min(this.#committer.timeLeft(now), COMMITTING_MS) : 0
  }

  /** False when nothing of the batch was taken, because all of it comes again. */
  async #take(read: number): Promise<boolean> {
    const { meters, clock } = this.#parts
    meters?.read.record(read)
    const began = clock.now()
    const taken = await this.#intake.take(this.#batch, this.#records)
    clock.converted(clock.now() - began)
    if (taken < read || this.#wait.broken) this.#wait.putBack(this.#batch, taken)
    meters?.active.record(this.#offsets.active())
    return taken > 0
  }

  async #read(...[batch, limits]: Parameters<Consumer['poll']>): Promise<number> {
    let read: number
    try {
      read = await this.#parts.consumer.poll(batch, limits)
    } finally {
      // A given up task's plugin may still be in `open`, `close` or `preCommit`: one call at a time.
      if (this.rebalance.running) await this.rebalance.running
    }
    this.rebalance.throwFailure()
    return read
  }

  async #deliver(): Promise<void> {
    const { clock, errors } = this.#parts
    const records = this.#records
    const unfinished = await clock.in('put', () => this.#delivery.put(records))
    if (unfinished !== null) {
      this.#records = unfinished.left
      if (unfinished.error !== null) this.#redeliverLater(unfinished.error)
      return
    }
    const room = errors.operator.room()
    if (room !== null) await room
    this.#offsets.delivered()
    if (records.length > 0) this.#records = []
    this.#pauses.redelivered()
  }

  #redeliverLater(error: RetriableException): void {
    this.#parts.life.log.error(`RetriableException from SinkTask: ${causes(error)}`, javaTrace(error))
    this.#pauses.redeliver()
  }

  #followTarget(): void {
    this.#targetChanged = false
    const { life } = this.#parts
    if (life.stopping) return
    this.#pauses.followTarget()
    if (life.pauseWanted) {
      life.onPause()
      this.#context.requestCommit()
    } else {
      life.onResume()
    }
  }

  #rewind(): void {
    const { consumer, life } = this.#parts
    for (const { topic, partition, offset } of this.#context.takeRewinds()) {
      if (offset == null) {
        life.log.warn(`Cannot rewind ${topic}-${partition} to null offset`)
        continue
      }
      requireOffset({ topic, partition, offset })
      consumer.seek({ topic, partition, offset })
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

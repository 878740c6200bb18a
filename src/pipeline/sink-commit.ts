import { ConnectException, causes, javaTrace } from '../data/errors.ts'
import type { Consumer, TopicPartitionOffset } from '../kafka/port.ts'
import type { Logger } from '../observe/log.ts'
import type { SinkMeters } from '../observe/metrics/task-meters.ts'
import type { SinkOffset, SinkTask, TopicPartition } from '../sdk/plugin.ts'
import { within } from '../waiting/deadline.ts'
import type { SinkCounters } from './counters.ts'
import { type PartitionProgress, requireOffset, type SinkOffsets, text } from './sink-offsets.ts'

export interface SinkCommitterOptions {
  name: string
  task: SinkTask
  consumer: Consumer
  offsets: SinkOffsets
  counters: SinkCounters
  meters: SinkMeters | null
  /** offset.flush.timeout.ms */
  timeoutMs: number
  /** How long a closing commit may take. */
  syncTimeoutMs: number
  cancelled: () => boolean
  /**
   * What has to be durable before offsets of these partitions are committed: reports of failed records; null when it
   * is. Rejects with what fails the task.
   */
  reported: (partitions: readonly TopicPartition[]) => Promise<void> | null
  log: Logger
}

/** Commits what a sink task has made durable. Java: WorkerSinkTask.commitOffsets and onCommitCompleted */
export class SinkCommitter {
  readonly #options: SinkCommitterOptions
  #sequence = 0
  #committing = false
  #started = 0

  constructor(options: SinkCommitterOptions) {
    this.#options = options
  }

  get committing(): boolean {
    return this.#committing
  }

  /** How long the outcome of the commit under way is still waited for, in ms. */
  timeLeft(now: number): number {
    return Math.max(this.#started + this.#options.timeoutMs - now, 0)
  }

  /** Gives up waiting for a commit that takes too long: the next one may begin. */
  checkTimeout(now: number): void {
    if (!this.#committing || this.timeLeft(now) > 0) return
    this.#options.log.warn(
      `Commit of offsets timed out after ${this.#options.timeoutMs} ms (offset.flush.timeout.ms)`,
    )
    this.#options.counters.commitFailures++
    this.#committing = false
  }

  /** Lets the task flush, and sends the commit without waiting for its outcome. */
  async begin(): Promise<void> {
    const requested = this.#known(this.#options.offsets)
    if (requested.length === 0) return
    // Invariant 1: offsets may cover records whose only trace is a report.
    if (!(await this.#reported(requested))) {
      this.#options.counters.commitFailures++
      return
    }
    const sequence = this.#open()
    let provided: SinkOffset[] | null
    try {
      provided = await this.#preCommit(requested)
    } catch (error) {
      this.#options.log.error(
        `Offset commit failed, rewinding to last committed offsets: ${causes(error)}`,
        javaTrace(error),
      )
      this.#rewind(requested)
      this.#completed(sequence, error, null)
      return
    }
    // The task may have reported records in `flush` or `preCommit`, too.
    if (!(await this.#reported(requested))) {
      this.#options.counters.commitFailures++
      this.#committing = false
      return
    }
    const offsets = this.#committable(requested, this.#required(provided), sequence)
    if (offsets === null) return
    // Invariant 1: `preCommit` has returned, so what these offsets cover is durable.
    this.#options.consumer.commit(offsets).then(
      () => this.#completed(sequence, null, offsets),
      error => this.#completed(sequence, error, offsets),
    )
  }

  /** The last commit of partitions that go away: `preCommit`, `close`, then the commit is awaited. */
  async close(partitions: readonly TopicPartition[]): Promise<void> {
    const wanted = new Set(partitions.map(text))
    const requested = this.#known([...this.#options.offsets].filter(progress => wanted.has(text(progress))))
    const { task, log } = this.#options
    let provided: SinkOffset[] | null | undefined
    let reported = await this.#reportedAtClose(partitions)
    const sequence = this.#open()
    if (requested.length > 0) {
      try {
        provided = await this.#preCommit(requested)
      } catch (error) {
        log.warn(`Offset commit failed during close: ${causes(error)}`, javaTrace(error))
        this.#completed(sequence, error, null)
      }
    }
    await task.close?.([...partitions])
    if (reported === true) reported = await this.#reportedAtClose(partitions)
    if (provided === undefined || reported !== true) {
      this.#committing = false
      if (reported !== true && reported !== false) throw reported.error
      return
    }
    // A cancelled task commits nothing: its partitions may already be somebody else's.
    if (this.#options.cancelled()) return
    const offsets = this.#committable(requested, this.#required(provided), sequence)
    if (offsets === null) return
    try {
      await this.#commitSync(offsets)
      this.#completed(sequence, null, offsets)
    } catch (error) {
      this.#completed(sequence, error, offsets)
    }
  }

  /** False, with a line in the log, when that takes longer than a commit may. */
  async #reported(partitions: readonly TopicPartition[]): Promise<boolean> {
    const { timeoutMs, log, cancelled } = this.#options
    const open = cancelled() ? null : this.#options.reported(partitions)
    if (open === null) return true
    const durable = await within(
      open.then(() => true),
      timeoutMs,
      () => false,
    )
    if (!durable)
      log.warn(`Offsets are not committed: reports of failed records are not durable after ${timeoutMs} ms`)
    return durable
  }

  /** As `#reported`, but the task is closed before an error ends it. */
  async #reportedAtClose(partitions: readonly TopicPartition[]): Promise<boolean | { error: unknown }> {
    try {
      return await this.#reported(partitions)
    } catch (error) {
      return { error }
    }
  }

  #commitSync(offsets: TopicPartitionOffset[]): Promise<void> {
    const { consumer, syncTimeoutMs } = this.#options
    return within(consumer.commit(offsets), syncTimeoutMs, () => {
      throw new ConnectException(`The broker did not answer the commit within ${syncTimeoutMs} ms`)
    })
  }

  /** Partitions whose position is known, asking the consumer for what was not known at assignment. */
  #known(all: Iterable<PartitionProgress>): PartitionProgress[] {
    const known: PartitionProgress[] = []
    for (const progress of all) {
      if (progress.current === null) {
        if (this.#options.cancelled()) continue
        const position = this.#options.consumer.position(progress)
        if (position === null) continue
        this.#options.offsets.position(progress.topic, progress.partition, position)
      }
      known.push(progress)
    }
    return known
  }

  #open(): number {
    this.#committing = true
    this.#started = performance.now()
    this.#options.meters?.commitSequence.record(++this.#sequence)
    return this.#sequence
  }

  /** Null when the task gave no array. Throws what the task throws, and for what is no offset. */
  async #preCommit(requested: readonly PartitionProgress[]): Promise<SinkOffset[] | null> {
    const { task } = this.#options
    const offsets = requested.map(({ topic, partition, current }) => ({ topic, partition, offset: current! }))
    if (task.preCommit === undefined) {
      await task.flush?.(offsets)
      return offsets
    }
    const provided = await task.preCommit(offsets.map(offset => ({ ...offset })))
    if (!Array.isArray(provided)) return null
    for (const offered of provided) requireOffset(offered)
    return provided
  }

  /** Java fails the task with a NullPointerException here. */
  #required(provided: SinkOffset[] | null): SinkOffset[] {
    if (provided) return provided
    throw new ConnectException(
      `preCommit of task ${this.#options.name} returned no offsets; it must return an array, [] to commit nothing`,
    )
  }

  /** What may be committed of what the task offers; null, with the commit closed, when there is nothing. */
  #committable(
    requested: readonly PartitionProgress[],
    provided: readonly SinkOffset[],
    sequence: number,
  ): TopicPartitionOffset[] | null {
    if (provided.length === 0) {
      this.#completed(sequence, null, null)
      return null
    }
    const { log, consumer } = this.#options
    const byName = new Map(requested.map(progress => [text(progress), progress]))
    const offsets = new Map<string, SinkOffset>()
    for (const progress of requested) offsets.set(text(progress), progress.committed!)
    for (const offered of provided) {
      const progress = byName.get(text(offered))
      const what = `Ignoring invalid task provided offset ${text(offered)}/${offered.offset}`
      if (progress === undefined) {
        const assigned = consumer.assignment().map(text)
        if (assigned.includes(text(offered))) log.debug(`${what} -- partition not requested`)
        else log.warn(`${what} -- partition not assigned, assignment=[${assigned.join(', ')}]`)
      } else if (offered.offset > progress.current!) {
        log.warn(
          `${what} -- not yet consumed, taskOffset=${offered.offset} currentOffset=${progress.current}`,
        )
      } else {
        offsets.set(text(offered), offered)
      }
    }
    const changed = [...offsets].some(([name, offset]) => !same(offset, byName.get(name)!.committed!))
    if (changed) return [...offsets.values()]
    this.#completed(sequence, null, null)
    return null
  }

  #rewind(requested: readonly PartitionProgress[]): void {
    for (const progress of requested) {
      this.#options.consumer.seek({ ...progress.committed! })
      progress.rewind()
    }
  }

  #completed(sequence: number, error: unknown, offsets: readonly SinkOffset[] | null): void {
    const { counters, meters, log } = this.#options
    // A commit that was given up and overtaken: its outcome no longer tells anything.
    if (sequence !== this.#sequence) {
      meters?.skip.record(1)
      return
    }
    this.#committing = false
    meters?.commitResult.record(error === null ? 1 : 0)
    if (error !== null) {
      counters.commitFailures++
      if (offsets)
        log.error(`Commit of offsets threw an unexpected exception: ${causes(error)}`, javaTrace(error))
      return
    }
    counters.commits++
    for (const offset of offsets ?? []) {
      const progress = this.#options.offsets.get(offset.topic, offset.partition)
      if (progress) progress.committed = offset
    }
    if (meters === null) return
    meters.commitTime.record(performance.now() - this.#started)
    meters.completion.record(1)
    if (offsets !== null) meters.active.record(this.#options.offsets.active())
  }
}

function same(a: SinkOffset, b: SinkOffset): boolean {
  return a.offset === b.offset && (a.metadata ?? '') === (b.metadata ?? '')
}

import { causes, javaTrace } from '../data/errors.ts'
import type { Consumer, RebalanceListener, TopicPartition } from '../kafka/port.ts'
import type { Logger } from '../observe/log.ts'
import type { SinkTask } from '../sdk/plugin.ts'
import type { SinkCommitter } from './sink-commit.ts'
import type { SinkContext } from './sink-context.ts'
import type { SinkOffsets } from './sink-offsets.ts'

export interface SinkRebalanceOptions {
  task: SinkTask
  consumer: Consumer
  offsets: SinkOffsets
  committer: SinkCommitter
  context: SinkContext
  log: Logger
  /** Partitions have been closed. */
  revoked(partitions: readonly TopicPartition[]): void
  /** The assignment has changed: the runner's pauses apply to it. */
  assigned(): void
  /** Applies what the task asked for in `open`. */
  rewind(): void
}

/**
 * A sink task's side of a rebalance: `preCommit`, `close`, commit for what goes, `open` for what comes. Errors are
 * kept until the consumer has finished its rebalance. Java: WorkerSinkTask.HandleRebalance
 */
export class SinkRebalance implements RebalanceListener {
  readonly #options: SinkRebalanceOptions
  #failure: { error: unknown } | null = null
  #ignored = false
  readonly #released = Promise.withResolvers<void>()
  #running: Promise<void> | null = null

  constructor(options: SinkRebalanceOptions) {
    this.#options = options
  }

  /**
   * The task is stopped or given up: what the consumer tells from now on concerns nobody, and a plugin that has
   * not returned from a callback no longer holds up the consumer's rebalance or close.
   */
  ignore(): void {
    this.#ignored = true
    this.#released.resolve()
  }

  /** What a callback that was let go is still doing: until it is over the plugin may not be called again. */
  get running(): Promise<void> | null {
    return this.#running
  }

  /** Throws what `open` or `close` threw. */
  throwFailure(): void {
    if (this.#failure === null) return
    const { error } = this.#failure
    this.#failure = null
    throw error
  }

  assigned(partitions: TopicPartition[]): Promise<void> {
    return this.#call(() => this.#assigned(partitions))
  }

  async revoked(partitions: TopicPartition[]): Promise<void> {
    if (partitions.length > 0) await this.#call(() => this.#revoked(partitions))
  }

  async lost(partitions: TopicPartition[]): Promise<void> {
    if (partitions.length > 0) await this.#call(() => this.#lost(partitions))
  }

  async #call(work: () => Promise<void>): Promise<void> {
    if (this.#ignored) return
    const running = work().finally(() => {
      this.#running = null
    })
    this.#running = running
    await Promise.race([running, this.#released.promise])
  }

  async #assigned(partitions: TopicPartition[]): Promise<void> {
    const { consumer, offsets, task, log } = this.#options
    for (const { topic, partition } of partitions) {
      const position = consumer.position({ topic, partition })
      if (position === null) offsets.of(topic, partition)
      else offsets.position(topic, partition, position)
      log.debug(`Assigned topic partition ${topic}-${partition} with offset ${position}`)
    }
    this.#options.assigned()
    if (partitions.length === 0 || this.#failure !== null) return
    try {
      await task.open?.(partitions)
      if (!this.#ignored) this.#options.rewind()
    } catch (error) {
      this.#failure = { error }
    }
  }

  async #revoked(partitions: TopicPartition[]): Promise<void> {
    try {
      await this.#options.committer.close(partitions)
    } catch (error) {
      this.#failure = { error }
    }
    this.#forget(partitions)
  }

  async #lost(partitions: TopicPartition[]): Promise<void> {
    try {
      await this.#options.task.close?.([...partitions])
    } catch (error) {
      this.#failure = { error }
      this.#options.log.warn(`close of lost partitions failed: ${causes(error)}`, javaTrace(error))
    }
    this.#forget(partitions)
  }

  #forget(partitions: TopicPartition[]): void {
    this.#options.offsets.remove(partitions)
    this.#options.revoked(partitions)
  }
}

import type { Consumer } from '../kafka/port.ts'
import type { SinkContext } from './sink-context.ts'

/**
 * Which of a sink task's partitions are paused: all of them while the task is to pause, has records to take again or
 * waits with some in hand, else those that the task itself has paused. Java: WorkerSinkTask.pausedForRedelivery and shouldPause
 */
export class SinkPauses {
  readonly #consumer: Consumer
  readonly #context: SinkContext
  readonly #pauseWanted: () => boolean
  #redelivering = false
  #held = false

  constructor(consumer: Consumer, context: SinkContext, pauseWanted: () => boolean) {
    this.#consumer = consumer
    this.#context = context
    this.#pauseWanted = pauseWanted
  }

  /** The whole consumer is paused. */
  get all(): boolean {
    return this.#redelivering || this.#held || this.#pauseWanted()
  }

  /** The task has been asked to pause or to go on. */
  followTarget(): void {
    if (this.#pauseWanted()) this.#consumer.pause(this.#consumer.assignment())
    else if (!this.#redelivering) this.#resumeAll()
  }

  /** `put` wants the same records again: no others are read meanwhile. */
  redeliver(): void {
    if (this.#redelivering) return
    this.#redelivering = true
    this.#consumer.pause(this.#consumer.assignment())
  }

  /** `put` has taken what it was given. */
  redelivered(): void {
    if (!this.#redelivering) return
    this.#redelivering = false
    if (!this.#pauseWanted()) this.#resumeAll()
  }

  /** Records in hand have to wait: no others are read meanwhile. */
  hold(): void {
    this.#held = true
    this.#consumer.pause(this.#consumer.assignment())
  }

  /** They wait no more. */
  release(): void {
    this.#held = false
    if (!this.all) this.#resumeAll()
  }

  /** After an assignment: new partitions come unpaused. `recordsLeft`: some that are to be taken again are still ours. */
  assigned(recordsLeft: boolean): void {
    const consumer = this.#consumer
    const assignment = consumer.assignment()
    const wasRedelivering = this.#redelivering
    this.#redelivering = wasRedelivering && recordsLeft
    this.#context.retainPaused(assignment)
    if (this.all) {
      if (assignment.length > 0) consumer.pause(assignment)
      return
    }
    if (wasRedelivering) this.#resumeAll()
    const paused = this.#context.paused()
    if (paused.length > 0) consumer.pause(paused)
  }

  #resumeAll(): void {
    const partitions = this.#context.notPaused(this.#consumer.assignment())
    if (partitions.length > 0) this.#consumer.resume(partitions)
  }
}

import { causesAndHint, javaTrace } from '../../data/errors.ts'
import { logger } from '../../observe/log.ts'

const log = logger('org.apache.kafka.connect.runtime.distributed.DistributedHerder')

/**
 * The one queue of what happens to a distributed worker: rounds of the group, records of the config topic, timers.
 * One is dealt with at a time, and none of them waits for a plugin (invariant 4) or without a deadline (invariant 7).
 */
export class EventLoop {
  #tail: Promise<void> = Promise.resolve()
  #current: { what: string; began: Date } | null = null
  #waiting = 0

  /** What it is at, for those who wait for it. */
  get current(): { what: string; began: Date } | null {
    return this.#current
  }

  /** Resolves when it has been dealt with; what goes wrong is told and ends nothing else. */
  post(what: string, handle: () => void | Promise<void>): Promise<void> {
    this.#waiting++
    this.#tail = this.#tail.then(async () => {
      this.#current = { what, began: new Date() }
      try {
        await handle()
      } catch (error) {
        log.error(`Uncaught error while ${what}: ${causesAndHint(error)}`, javaTrace(error))
      } finally {
        this.#current = null
        this.#waiting--
      }
    })
    return this.#tail
  }

  /** Resolves when everything that was posted has been dealt with. */
  async idle(): Promise<void> {
    while (this.#waiting > 0) await this.#tail
  }
}

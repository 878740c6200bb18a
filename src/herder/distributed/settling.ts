import type { Membership } from '../../group/membership.ts'
import { pause } from '../../waiting/deadline.ts'
import type { AssignedWork } from './assigned-work.ts'
import type { EventLoop } from './event-loop.ts'

export interface SettlingParts {
  membership: Pick<Membership, 'isSettled' | 'settled'>
  work: Pick<AssignedWork, 'begun' | 'isGiven'>
  loop: EventLoop
}

/** Between looks at a group that has something to settle which no round has been asked for yet. */
const LOOK_MS = 10

/** Whether what was asked of the group by now has been given, and what this worker was given has begun. */
export class Settling {
  readonly #parts: SettlingParts

  constructor(parts: SettlingParts) {
    this.#parts = parts
  }

  /** Resolves when that is so, or when the signal fires. */
  async settled(signal: AbortSignal): Promise<void> {
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) return
    await Promise.race([this.#settled(signal), ended])
  }

  async #settled(signal: AbortSignal): Promise<void> {
    const { membership, work, loop } = this.#parts
    while (!signal.aborted) {
      // What has been read may ask for a round.
      await loop.post('waiting for the group', () => {})
      await membership.settled(signal)
      await loop.post('waiting for the group', () => {})
      await work.begun()
      if (membership.isSettled && work.isGiven) return
      await pause(LOOK_MS, signal)
    }
  }
}

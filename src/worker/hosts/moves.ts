import { ConnectException } from '../../data/errors.ts'

/** How often a connector or task may lose its host without any fault of its own within the time below. */
const MOST = 3
const WITHIN_MS = 10 * 60_000

/** How often something has been started again because its host has ended: what always kills hosts must not for ever. */
export class Moves {
  #times: number[] = []

  /** False when it has been moved often enough. */
  allow(): boolean {
    const now = performance.now()
    this.#times = this.#times.filter(at => now - at < WITHIN_MS)
    if (this.#times.length >= MOST) return false
    this.#times.push(now)
    return true
  }

  exhausted(host: string): ConnectException {
    return new ConnectException(
      `${host} has ended, the ${MOST + 1}th of its hosts within ${WITHIN_MS / 60_000} minutes`,
      { hint: 'The log tells why each of them ended.' },
    )
  }
}

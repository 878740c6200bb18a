import { within } from '../waiting/deadline.ts'
import type { Health } from './herder.ts'
import type { Stage } from './request-queue.ts'

/** How long `GET /health` waits for a worker that is starting, or does not answer; fixed in the JVM too. */
const HEALTH_TIMEOUT_MS = 10_000

export interface ReadinessParts {
  /** Resolves when the worker can do what is asked of it; where it rejects, the worker ends with the reason. */
  ready: Promise<unknown>
  /** What it is at. */
  stage(): Stage | null
  /** Resolves when a worker that is ready gets to it; without it there is nothing that could keep it from it. */
  answer?(): Promise<unknown>
  timeoutMs?: number | undefined
}

/** Whether a worker is healthy. Java: KIP-1017 */
export class Readiness {
  readonly #parts: ReadinessParts
  readonly #timeoutMs: number
  readonly #settled: Promise<unknown>
  #isReady = false

  constructor(parts: ReadinessParts) {
    this.#parts = parts
    this.#timeoutMs = Math.min(parts.timeoutMs ?? HEALTH_TIMEOUT_MS, HEALTH_TIMEOUT_MS)
    this.#settled = parts.ready.then(
      () => {
        this.#isReady = true
      },
      () => {}, // Until it has ended it is starting.
    )
  }

  get isReady(): boolean {
    return this.#isReady
  }

  async health(): Promise<Health> {
    const began = performance.now()
    if (!this.#isReady) await within(this.#settled, this.#timeoutMs, () => undefined)
    if (!this.#isReady)
      return { status: 'starting', message: `Worker is still starting up.${this.#summary()}` }
    const left = Math.max(this.#timeoutMs - (performance.now() - began), 0)
    const answers = this.#parts.answer?.().then(() => true) ?? Promise.resolve(true)
    if (await within(answers, left, () => false))
      return {
        status: 'healthy',
        message: 'Worker has completed startup and is ready to handle requests.',
      }
    const unable = 'Worker was unable to handle this request and may be unable to handle other requests.'
    return { status: 'unhealthy', message: `${unable}${this.#summary()}` }
  }

  #summary(): string {
    const stage = this.#parts.stage()
    return stage ? ` The worker is currently ${stage.what}, which began at ${stage.began.toISOString()}.` : ''
  }
}

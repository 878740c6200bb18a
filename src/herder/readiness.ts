import { within } from '../pipeline/deadline.ts'
import type { Health } from './herder.ts'

/** How long `GET /health` waits for a worker that is starting; fixed in the JVM too. */
const HEALTH_TIMEOUT_MS = 10_000

/**
 * When a standalone worker is healthy: its broker has answered and the connectors of its command line are
 * created. Once ready it stays so: the herder never blocks. Java: KIP-1017, StandaloneHerder.isReady
 */
export class Readiness {
  readonly #created = new Date()
  readonly #connectorsCreated = Promise.withResolvers<void>()
  readonly #ready: Promise<unknown>
  readonly #timeoutMs: number
  #isReady = false

  constructor(brokerAnswered: Promise<unknown>, timeoutMs = HEALTH_TIMEOUT_MS) {
    this.#timeoutMs = Math.min(timeoutMs, HEALTH_TIMEOUT_MS)
    this.#ready = Promise.all([this.#connectorsCreated.promise, brokerAnswered]).then(
      () => {
        this.#isReady = true
      },
      () => {}, // The worker ends with the reason; until then it is starting.
    )
  }

  markConnectorsCreated(): void {
    this.#connectorsCreated.resolve()
  }

  async health(): Promise<Health> {
    if (!this.#isReady) await within(this.#ready, this.#timeoutMs, () => undefined)
    if (this.#isReady) {
      return {
        status: 'healthy',
        message: 'Worker has completed startup and is ready to handle requests.',
      }
    }
    const stage = `The worker is currently awaiting startup, which began at ${this.#created.toISOString()}.`
    return { status: 'starting', message: `Worker is still starting up. ${stage}` }
  }
}

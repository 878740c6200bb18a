import type { RestartRequest } from './config-events.ts'

/**
 * Restarts that were asked for by record and have not begun: one a connector, and of several the one that restarts
 * more. Java: DistributedHerder.pendingRestartRequests, RestartRequest.impactRank
 */
export class PendingRestarts {
  readonly #requests = new Map<string, RestartRequest>()

  /** True where none was waiting for this connector. */
  offer(request: RestartRequest): boolean {
    const waiting = this.#requests.get(request.connector)
    if (waiting && rank(waiting) >= rank(request)) return false
    this.#requests.set(request.connector, request)
    return waiting === undefined
  }

  take(connector: string): RestartRequest | null {
    const request = this.#requests.get(connector) ?? null
    this.#requests.delete(connector)
    return request
  }
}

function rank({ onlyFailed, includeTasks }: RestartRequest): number {
  return (onlyFailed ? 0 : 2) + (includeTasks ? 1 : 0)
}

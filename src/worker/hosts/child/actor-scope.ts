import { AsyncLocalStorage } from 'node:async_hooks'

/** Whose code runs: what it does outside any call, such as in a timer, is still its own. */
export interface ScopedActor {
  /** Row on the board of marks. */
  readonly slot: number
  /** Connect's scope of its log lines, such as `local-file-source|task-0`. */
  readonly context: string
  /** Runs code that is not compiled in. */
  readonly outside: boolean
  fail(error: unknown): void
}

const scope = new AsyncLocalStorage<ScopedActor>()

/** What `run` begins, timers and promises included, finds `actor` as the current one. */
export function runAs<T>(actor: ScopedActor, run: () => T): T {
  return scope.run(actor, run)
}

/** null in code that no actor has begun, and where the runtime has lost track (unhandled rejections). */
export function currentActor(): ScopedActor | null {
  return scope.getStore() ?? null
}

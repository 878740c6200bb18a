import { within } from '../../waiting/deadline.ts'
import type { ConfigStore } from './config-events.ts'

/** How long somebody who only wants to read waits for it. */
const CATCH_UP_MS = 1000

/**
 * Reads what other workers have written to the config topic until now (invariant 3): one look-up of its end for all
 * who ask while none is on its way, since what was written while one was may be beyond its answer. Resolves with false when
 * that took too long, or could not be done.
 */
export async function caughtUp(store: Pick<ConfigStore, 'refresh'>, ms = CATCH_UP_MS): Promise<boolean> {
  const late = new AbortController()
  const read = store.refresh(late.signal).then(
    () => true,
    () => false, // The topic's reader tells what is wrong with it.
  )
  return await within(read, ms, () => {
    late.abort()
    return false
  })
}

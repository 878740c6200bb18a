import { javaTrace } from '../data/errors.ts'
import type { Logger } from '../observe/log.ts'
import { within } from '../waiting/deadline.ts'

export interface Closing {
  what: string
  ms: number
  close(): Promise<void>
}

/**
 * Closes one after the other, none of them for longer than it is granted (invariant 7). Rejects with the first error
 * after all was tried.
 */
export async function inTurn(steps: readonly Closing[], log: Logger): Promise<void> {
  let failure: { error: unknown } | null = null
  for (const { what, ms, close } of steps) {
    try {
      await within(close(), ms, () => {
        log.error(
          `Stopping: ${what} did not close within ${ms} ms and is left behind. What was not committed by now ` +
            'comes again with the next start.',
        )
      })
    } catch (error) {
      if (failure) log.error(`Stopping: ${what} could not be closed: ${javaTrace(error)}`)
      failure ??= { error }
    }
  }
  if (failure) throw failure.error
}

import { pause } from '#bunnect'

/** How long a server has to end a statement before its session is left to itself. */
const MOST_MS = 1500
const AGAIN_MS = 100

/**
 * Asks the server to end what a session does, until `work` has ended: a statement that waits for a lock is done, and
 * committed, long after its session's socket is gone. It asks again, for what has only just been sent hears of it too
 * early.
 * @throws Error when it cannot be asked, or does not end it in time
 */
export async function brokenOff(work: Promise<unknown>, ask: () => Promise<void>): Promise<void> {
  const waiting = new AbortController()
  const over = new Promise<void>(resolve => {
    waiting.signal.addEventListener('abort', () => resolve())
  })
  let hasEnded = false
  const end = () => {
    hasEnded = true
    waiting.abort()
  }
  work.then(end, end)
  const timer = setTimeout(() => waiting.abort(), MOST_MS)
  try {
    while (!waiting.signal.aborted) {
      await Promise.race([ask(), over])
      await pause(AGAIN_MS, waiting.signal)
    }
  } catch (cause) {
    if (hasEnded) return
    throw new Error(`A statement could not be broken off, it may yet be done: ${(cause as Error).message}`, {
      cause,
    })
  } finally {
    clearTimeout(timer)
  }
  if (!hasEnded) {
    throw new Error(`A statement did not end within ${MOST_MS} ms of being broken off, it may yet be done`)
  }
}

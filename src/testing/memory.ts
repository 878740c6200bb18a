import type { TestWorker } from './environment.ts'
import { expectThat } from './expectation.ts'

const LOOK_MS = 100
/** How long so much may take to arrive. */
export const MUCH_MS = 180_000

/**
 * While `work` goes on, the worker's memory must not grow by more than `limit` bytes beyond what it is now, or was
 * `before` where that was when it had done some work already.
 */
export async function expectBounded(
  worker: TestWorker,
  limit: number,
  work: () => Promise<void>,
  before?: number,
): Promise<void> {
  before ??= await worker.memory()
  let most = before
  const done = new AbortController()
  const watched = (async () => {
    while (!done.signal.aborted) {
      most = Math.max(most, await worker.memory())
      await Bun.sleep(LOOK_MS)
    }
  })()
  await Promise.all([watched, work().finally(() => done.abort())])
  expectThat(most - before <= limit, `the worker's memory grew by ${most - before} bytes, more than ${limit}`)
}

/** What waits must be more than may be in memory, or nothing is shown. */
export function expectTooMuch(bytes: number, limit: number): void {
  expectThat(
    bytes > limit,
    `there were ${bytes} bytes in all, no more than may be in memory: items must be as long as is asked for`,
  )
}

/** What `promise` gives, or `late()` when that takes longer than `ms`; the timer never outlives the answer. */
export function within<T>(promise: Promise<T>, ms: number, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        try {
          resolve(late())
        } catch (error) {
          reject(error)
        }
      },
      Math.min(ms, LONGEST_TIMER),
    )
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** `setTimeout` takes 31 bits; Connect's intervals may be up to 63. */
export const LONGEST_TIMER = 2 ** 31 - 1

/** Resolves after `ms`, at once where nothing of them is left, or when the signal fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.min(Math.max(ms, 0), LONGEST_TIMER))
    signal.addEventListener('abort', done)
  })
}

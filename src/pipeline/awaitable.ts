/** True for what has to be awaited: a plugin's synchronous answer must not cost a turn of the microtask queue. */
export function isPending<T>(answer: T | Promise<T>): answer is Promise<T> {
  return (
    typeof answer === 'object' && answer !== null && typeof (answer as { then?: unknown }).then === 'function'
  )
}

/** What a look gave; `seen` is what an error shows when the time is up. */
export interface Look<T> {
  done: boolean
  seen: T
}

/** Looks until it is done; what it has seen then. Throws with what it saw last when `ms` have passed. */
export async function eventually<T>(
  what: string,
  look: () => Promise<Look<T>>,
  ms = 90_000,
  pauseMs = 50,
): Promise<T> {
  const end = performance.now() + ms
  for (;;) {
    let last: unknown
    try {
      const { done, seen } = await look()
      if (done) return seen
      last = seen
    } catch (error) {
      last = error
    }
    if (performance.now() > end) {
      throw new Error(`waited ${ms} ms in vain for ${what}; last: ${shown(last)}`, { cause: last })
    }
    await Bun.sleep(pauseMs)
  }
}

function shown(value: unknown): string {
  const text = value instanceof Error ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 4000 ? `${text.slice(0, 4000)}…` : text
}

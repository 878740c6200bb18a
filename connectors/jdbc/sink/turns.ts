const last = new Map<string, Promise<unknown>>()

/** Does what concerns one thing one after the other, in this process, in the order of the calls. */
export async function inTurn<T>(thing: string, work: () => Promise<T>): Promise<T> {
  const before = last.get(thing)
  // Whoever did the former work hears of its error.
  const mine = before === undefined ? work() : before.then(work, work)
  last.set(thing, mine)
  try {
    return await mine
  } finally {
    if (last.get(thing) === mine) last.delete(thing)
  }
}

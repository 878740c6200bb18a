/** A record that a sink task was given, as it says itself. */
export interface Put {
  partition: number
  offset: number
  /** epoch ms */
  time: number
  task: number
}

/** What one worker was given from its start to its end. */
export interface Life {
  name: string
  puts: readonly Put[]
  /** It ended without having committed what it had put last. */
  killed: boolean
}

/** What is wrong with what all workers together were given, a few lines of each kind. */
export interface Account {
  lost: string[]
  /** Records put twice though whoever put them first ended or gave them away in order. */
  twice: string[]
  /** Records that were put when one behind them in their partition had been put already. */
  unordered: string[]
  /** How many were put again because their first worker was killed. */
  again: number
}

/** Compares with `written` records, numbered from 0, in each of so many partitions. */
export function account(partitions: number, written: number, lives: readonly Life[]): Account {
  const lost: string[] = []
  const twice: string[] = []
  const unordered: string[] = []
  let again = 0
  for (let partition = 0; partition < partitions; partition++) {
    const byOffset = new Map<number, { life: Life; time: number }[]>()
    for (const life of lives) {
      let before = -1
      for (const put of life.puts) {
        if (put.partition !== partition) continue
        if (put.offset <= before) unordered.push(`${partition}@${put.offset} after ${before} in ${life.name}`)
        before = put.offset
        const all = byOffset.get(put.offset) ?? []
        all.push({ life, time: put.time })
        byOffset.set(put.offset, all)
      }
    }
    let last = 0
    for (let offset = 0; offset < written; offset++) {
      const puts = (byOffset.get(offset) ?? []).sort((a, b) => a.time - b.time)
      const first = puts[0]
      if (first === undefined) {
        lost.push(`${partition}@${offset}`)
        continue
      }
      if (puts.length > 1) {
        const who = puts.map(({ life }) => life.name).join(', ')
        if (puts.slice(0, -1).every(({ life }) => life.killed)) again++
        else twice.push(`${partition}@${offset} by ${who}`)
      }
      if (first.time < last)
        unordered.push(`${partition}@${offset} by ${first.life.name} before the one before it`)
      last = Math.max(last, first.time)
    }
  }
  return { lost: lost.slice(0, 10), twice: twice.slice(0, 10), unordered: unordered.slice(0, 10), again }
}

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
  /** It was killed, or lost its partitions, before it had committed what it had put last. */
  lossy: boolean
}

/** What is wrong with what all workers together were given, a few lines of each kind. */
export interface Account {
  lost: string[]
  /** Records put twice by workers that end or give partitions away in order. */
  twice: string[]
  /** Records that were put when one behind them in their partition had been put already. */
  unordered: string[]
  /** How many were put again because a worker had not committed them. */
  again: number
}

/** Compares with partitions that begin at 0 and end at these offsets. */
export function account(ends: readonly number[], lives: readonly Life[]): Account {
  const lost: string[] = []
  const twice: string[] = []
  const unordered: string[] = []
  let again = 0
  for (const [partition, end] of ends.entries()) {
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
    for (let offset = 0; offset < end; offset++) {
      const puts = (byOffset.get(offset) ?? []).sort((a, b) => a.time - b.time)
      const first = puts[0]
      if (first === undefined) {
        lost.push(`${partition}@${offset}`)
        continue
      }
      if (puts.length > 1) {
        const who = puts.map(({ life }) => life.name).join(', ')
        if (puts.filter(({ life }) => !life.lossy).length <= 1) again++
        else twice.push(`${partition}@${offset} by ${who}`)
      }
      if (first.time < last)
        unordered.push(`${partition}@${offset} by ${first.life.name} before the one before it`)
      last = Math.max(last, first.time)
    }
  }
  return { lost: lost.slice(0, 10), twice: twice.slice(0, 10), unordered: unordered.slice(0, 10), again }
}

import type { BenchCase } from '../case.ts'
import { BenchGroup } from '../group.ts'

const CONNECTORS = 100
/** Shorter pauses between two records are the clock of the source, or a busy machine. */
const PACE_MS = 100

export const rebalance: BenchCase = {
  name: 'rebalance',
  about: `a third worker joins two that run ${CONNECTORS} connectors: how long some of them stand still`,
  unit: 'ms',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender, round) {
    const group = new BenchGroup(bench, contender, `rebalance-${round}`, {}, PACE_MS)
    try {
      const workers = [await group.start(), await group.start()]
      const names = Array.from({ length: CONNECTORS }, (_, i) => `source-${i}`)
      for (const name of names) await group.create(group.source(name))
      await group.balanced(CONNECTORS, workers)
      await group.firstRecords(names, await bench.probe.endOffset(group.topic))
      const from = await bench.probe.endOffset(group.topic)
      const before = group.cost(workers)
      const third = await group.start()
      const statuses = await group.balanced(CONNECTORS, [...workers, third])
      await group.firstRecords(names, await bench.probe.endOffset(group.topic))
      const after = group.cost(workers)
      const times = await group.times(from)
      const moved = group.tasksOn(third, statuses)
      const gaps = moved.map(name => longestGap(times.get(name)!))
      const pauses = gaps.map(({ begin, end }) => Math.max(0, end - begin - PACE_MS))
      const stayed = names.filter(name => !moved.includes(name)).map(name => longestGap(times.get(name)!))
      return {
        figure: Math.max(...gaps.map(({ end }) => end)) - Math.min(...gaps.map(({ begin }) => begin)),
        cpuSeconds: after.cpuSeconds - before.cpuSeconds,
        peakRssMb: after.peakRssMb,
        also: {
          'tasks moved': moved.length,
          'ms each moved task stands still': pauses.reduce((sum, ms) => sum + ms, 0) / moved.length,
          'ms the longest of them': Math.max(...pauses),
          'ms the longest of those that stay':
            Math.max(...stayed.map(({ begin, end }) => end - begin)) - PACE_MS,
        },
      }
    } finally {
      await group.close()
    }
  },
}

/** The longest time between two records that follow each other. */
function longestGap(times: readonly number[]): { begin: number; end: number } {
  let longest = { begin: times[0]!, end: times[0]! }
  for (const [i, end] of times.entries()) {
    const begin = times[i - 1] ?? end
    if (end - begin > longest.end - longest.begin) longest = { begin, end }
  }
  return longest
}

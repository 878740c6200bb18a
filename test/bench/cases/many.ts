import { openThings, processCost } from '../../servers/process-cost.ts'
import { until } from '../../servers/run.ts'
import type { BenchCase } from '../case.ts'
import { allRunning, smallSources } from '../small-sources.ts'
import { benchWorker } from '../worker-run.ts'

/** The measured quantity is the state after this time without a record, so it is waited for by the clock. */
const settleMs = 45_000
/**
 * A JVM keeps a heap of 256 MB that was garbage for the most part, and what connectors need would disappear in it:
 * here it begins small and gives back what it does not need, every two seconds.
 */
const collecting = {
  JVM_CONNECT_HEAP: '-Xms16M -Xmx2G',
  JVM_CONNECT_OPTS: '-XX:G1PeriodicGCInterval=2000 -XX:-G1PeriodicGCInvokesConcurrent',
}
/** A JVM that had to hold as many would need 3 GB and an hour. */
const counts: Readonly<Record<string, number>> = { jvm: 200 }
const COUNT = 1000

export const many: BenchCase = {
  name: 'many',
  about: `growth of resident memory by each of ${COUNT} idle connectors that have sent a record (the JVM: of ${counts['jvm']})`,
  unit: 'kB',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender, round) {
    const count = counts[contender] ?? COUNT
    const topic = `many-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
    await bench.probe.create(topic)
    const worker = await benchWorker(bench, contender, { mode: bench.mode, env: collecting })
    try {
      await Bun.sleep(10_000)
      const empty = processCost(worker.pid)
      const nothing = openThings(worker.pid)
      for (const source of smallSources(bench.dir, topic, count)) await worker.create(source)
      await allRunning(worker, count)
      await until(`${count} records`, async () => (await bench.probe.endOffset(topic)) === count, 300_000)
      const busy = processCost(worker.pid)
      await Bun.sleep(settleMs)
      const cost = processCost(worker.pid)
      const { threads, files } = openThings(worker.pid)
      await Bun.sleep(10_000)
      const later = processCost(worker.pid)
      return {
        figure: ((cost.rssMb - empty.rssMb) * 1000) / count,
        cpuSeconds: cost.cpuSeconds,
        peakRssMb: cost.peakRssMb,
        also: {
          connectors: count,
          'kB each, the worker included': (cost.rssMb * 1000) / count,
          'MB empty': empty.rssMb,
          'MB when all have sent': busy.rssMb,
          'MB idle': cost.rssMb,
          'threads each': (threads - nothing.threads) / count,
          'files each': (files - nothing.files) / count,
          threads,
          files,
          '% of a core idle': (later.cpuSeconds - cost.cpuSeconds) * 10,
        },
      }
    } finally {
      await worker.stop()
      await bench.probe.delete(topic)
    }
  },
}

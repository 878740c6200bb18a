import { join } from 'node:path'
import { processCost } from '../../servers/process-cost.ts'
import type { BenchCase } from '../case.ts'
import { allRunning, smallSources } from '../small-sources.ts'
import { benchWorker } from '../worker-run.ts'

const COUNT = 200

export const restart: BenchCase = {
  name: 'restart',
  about: `process start with ${COUNT} connectors to all RUNNING: by their files, or known to the group`,
  unit: 'ms',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender, round) {
    const name = `restart-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
    await bench.probe.create(name)
    const sources = smallSources(bench.dir, name, COUNT)
    const place = { mode: bench.mode, group: name, dir: join(bench.dir, `${name}-worker`) }
    if (bench.mode === 'distributed') {
      const first = await benchWorker(bench, contender, place)
      for (const source of sources) await first.create(source)
      await allRunning(first, COUNT)
      await first.stop()
    }
    const given = bench.mode === 'standalone' ? { connectors: sources } : {}
    const worker = await benchWorker(bench, contender, { ...place, ...given })
    try {
      await allRunning(worker, COUNT)
      const figure = performance.now() - worker.spawnedAt
      const { cpuSeconds, peakRssMb } = processCost(worker.pid)
      return { figure, cpuSeconds, peakRssMb }
    } finally {
      await worker.stop()
      await bench.probe.delete(name)
    }
  },
}

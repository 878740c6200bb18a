import { processCost } from '../../servers/process-cost.ts'
import { until } from '../../servers/run.ts'
import type { BenchCase } from '../case.ts'
import { benchWorker } from '../worker-run.ts'

export const startDistributed: BenchCase = {
  name: 'start-distributed',
  about: 'process start to the first 200 on GET /health, distributed, topics there, no connector',
  unit: 'ms',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender, round) {
    const group = `start-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
    const start = async () => {
      const worker = await benchWorker(bench, contender, { mode: 'distributed', group })
      await until(
        'the worker to be ready',
        async () => (await worker.fetch('/health')).status === 200,
        90_000,
        2,
      )
      return worker
    }
    // The first one makes the topics.
    await (await start()).stop()
    const worker = await start()
    const figure = performance.now() - worker.spawnedAt
    const { cpuSeconds, peakRssMb } = processCost(worker.pid)
    await worker.stop()
    return { figure, cpuSeconds, peakRssMb }
  },
}

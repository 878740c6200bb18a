import { processCost } from '../../servers/process-cost.ts'
import { until } from '../../servers/run.ts'
import type { BenchCase } from '../case.ts'
import { herderLog, quickGroup } from '../group.ts'
import { benchWorker } from '../worker-run.ts'

export const join: BenchCase = {
  name: 'join',
  about:
    'process start to the line "Joined group", alone, topics there, no connector, no delay of the broker',
  unit: 'ms',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender, round) {
    const group = `join-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
    const overrides = { mode: 'distributed', group, env: herderLog, worker: quickGroup } as const
    // The first one makes the topics.
    const first = await benchWorker(bench, contender, overrides)
    await until('the topics', async () => (await first.fetch('/health')).status === 200)
    await first.stop()
    const worker = await benchWorker(bench, contender, { ...overrides, awaitRest: false })
    try {
      await until('it to join', async () => (await worker.log()).includes('Joined group at '), 90_000, 2)
      const figure = performance.now() - worker.spawnedAt
      const { cpuSeconds, peakRssMb } = processCost(worker.pid)
      return { figure, cpuSeconds, peakRssMb }
    } finally {
      await worker.stop()
    }
  },
}

import { processCost } from '../../servers/process-cost.ts'
import type { BenchCase } from '../case.ts'
import { benchWorker } from '../worker-run.ts'

export const start: BenchCase = {
  name: 'start',
  about: 'process start to the first 200 on GET /, standalone, no connector',
  unit: 'ms',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender) {
    const worker = await benchWorker(bench, contender)
    const cost = processCost(worker.pid)
    await worker.stop()
    return {
      figure: worker.readyAt - worker.spawnedAt,
      cpuSeconds: cost.cpuSeconds,
      peakRssMb: cost.peakRssMb,
    }
  },
}

import { processCost } from '../../servers/process-cost.ts'
import type { BenchCase } from '../case.ts'
import { benchWorker } from '../worker-run.ts'

/** The measured quantity is the state after this time, so it is waited for by the clock. */
const settleMs = 5000

export const idle: BenchCase = {
  name: 'idle',
  about: 'resident memory 5 s after the first REST answer, standalone, no connector',
  unit: 'MB',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender) {
    const worker = await benchWorker(bench, contender)
    await Bun.sleep(settleMs)
    const cost = processCost(worker.pid)
    await worker.stop()
    return { figure: cost.rssMb, cpuSeconds: cost.cpuSeconds, peakRssMb: cost.peakRssMb }
  },
}

import { until } from '../../servers/run.ts'
import type { BenchCase } from '../case.ts'
import { allRunning, smallSources } from '../small-sources.ts'
import { benchWorker, mark, since } from '../worker-run.ts'

const COUNT = 50

export const create: BenchCase = {
  name: 'create',
  about: `${COUNT} POST /connectors one after the other, until all connectors and tasks are RUNNING`,
  unit: 'ms',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender, round) {
    const topic = `create-${contender.replaceAll(/\W+/g, '-')}-${round}-${process.pid}`
    await bench.probe.create(topic)
    const worker = await benchWorker(bench, contender, { mode: bench.mode })
    try {
      const sources = smallSources(bench.dir, topic, COUNT)
      // REST may answer before the internal topics are there.
      await until('the worker to be ready', async () => (await worker.fetch('/health')).status === 200)
      const from = mark(worker)
      for (const source of sources) await worker.create(source)
      await allRunning(worker, COUNT)
      return since(from, worker)
    } finally {
      await worker.stop()
      await bench.probe.delete(topic)
    }
  },
}

import { join } from 'node:path'
import type { BenchCase } from '../case.ts'
import { awaitFile, verifyFile } from '../sink-file.ts'
import { benchWorker, mark, rate } from '../worker-run.ts'

export const embedded: BenchCase = {
  name: 'embedded',
  about:
    'bunnect only: file to topic to file in one worker, through a broker and on the embedded log; content verified',
  unit: 'records/s',
  contenders: ['broker', 'embedded'],
  countsRecords: true,
  async run(bench, contender, round) {
    const topic = `bench-embedded-${contender}-${round}-${process.pid}`
    const onBroker = contender === 'broker'
    if (onBroker) await bench.probe.create(topic)
    const worker = await benchWorker(bench, 'bunnect', {
      ...(onBroker ? {} : { bootstrap: 'embedded' }),
      worker: { 'bunnect.data.dir': join(bench.dir, topic) },
    })
    const file = join(worker.dir, 'out.txt')
    try {
      const from = mark(worker)
      await worker.create({
        name: `${topic}-source`,
        'connector.class': 'FileStreamSource',
        'tasks.max': '1',
        file: bench.input,
        topic,
      })
      await worker.create({
        name: `${topic}-sink`,
        'connector.class': 'FileStreamSink',
        'tasks.max': '1',
        file,
        topics: topic,
      })
      await awaitFile(worker, `${topic}-sink`, file, bench.inputBytes)
      const measured = rate(bench.lines, from, worker)
      await worker.stop()
      await verifyFile(file, bench.inputSha256)
      return measured
    } finally {
      await worker.stop()
      if (onBroker) await bench.probe.delete(topic)
    }
  },
}

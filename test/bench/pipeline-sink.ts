/**
 * What SinkTaskRunner costs: FileStreamSink with StringConverter into a real file, from a consumer that always has
 * records. `bun test/bench/pipeline-sink.ts [records] [rounds]`
 */
import { rmSync } from 'node:fs'
import { FileStreamSinkTask } from '../../connectors/file/sink-task.ts'
import { stringConverterPlugin } from '../../src/converters/string.ts'
import type { PackedBatch } from '../../src/kafka/packed-batch.ts'
import type { Consumer, RebalanceListener } from '../../src/kafka/port.ts'
import { SinkTaskRunner } from '../../src/pipeline/sink-task-runner.ts'

const records = Number(process.argv[2] ?? 2_000_000)
const rounds = Number(process.argv[3] ?? 3)
const maxPollRecords = Number(process.argv[4] ?? 500)
const path = `/tmp/bunnect-bench-sink-${process.pid}.txt`
const line = Buffer.from('x'.repeat(99))

function endless(): Consumer {
  const assignment = [{ topic: 't', partition: 0 }]
  let listener: RebalanceListener | null = null
  let assigned = false
  let next = 0
  return {
    subscribe(_topics, with_) {
      listener = with_
    },
    assign() {},
    assignment: () => assignment,
    async poll(batch: PackedBatch, { maxRecords, timeoutMs }) {
      batch.clear()
      if (!assigned) {
        assigned = true
        await listener!.assigned(assignment)
      }
      if (next >= records) {
        await Bun.sleep(Math.min(timeoutMs, 20))
        return 0
      }
      const topic = batch.topicNumber('t')
      for (let i = 0; i < maxRecords; i++) {
        batch.begin(topic, 0, 1_700_000_000_000)
        batch.putNull()
        batch.endKey()
        batch.putBytes(line)
        batch.endValue()
        batch.setOffset(batch.count, next++)
        batch.commit()
      }
      return batch.count
    },
    wakeup() {},
    onEnd: null,
    position: () => next,
    seek() {},
    pause() {},
    resume() {},
    commit: async () => {},
    committed: async () => [],
    watermarks: async () => ({ low: 0, high: next }),
    close: async () => {},
  }
}

const string = stringConverterPlugin.converter!({}, false)
const header = stringConverterPlugin.headerConverter!({})
for (let round = 0; round < rounds; round++) {
  const runner: SinkTaskRunner = new SinkTaskRunner({
    id: { connector: 'bench', task: 0 },
    config: {},
    listener: {
      onStart() {},
      onPause() {},
      onResume() {},
      onFailure(error) {
        throw error
      },
      onShutdown() {},
    },
    createTask: context => new FileStreamSinkTask(path, context),
    topics: ['t'],
    converters: { key: string, value: string, header, classNames: { key: '', value: '', header: '' } },
    openConsumer: async () => endless(),
    offsetFlushIntervalMs: 60_000,
    offsetFlushTimeoutMs: 5_000,
    maxPollRecords,
  })
  const cpu = process.cpuUsage()
  const started = performance.now()
  void runner.run()
  while (runner.counters.put < records) await Bun.sleep(1)
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  console.log(
    `${Math.round(records / ms)} k records/s, ${((user + system) / records).toFixed(2)} CPU-s per million, ` +
      `RSS ${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
  )
  runner.stop()
  await runner.ended
  rmSync(path)
}

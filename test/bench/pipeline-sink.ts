/**
 * What SinkTaskRunner costs: FileStreamSink into a real file, from a consumer that always has records.
 * `bun test/bench/pipeline-sink.ts [records] [rounds] [max.poll.records] [file|json|smt-chain|smt-chain-schema]`
 */

import { rmSync } from 'node:fs'
import { FileStreamSinkTask } from '../../connectors/file/sink-task.ts'
import type { SinkRecord } from '../../src/data/records.ts'
import type { PackedBatch } from '../../src/kafka/packed-batch.ts'
import type { Consumer, RebalanceListener } from '../../src/kafka/port.ts'
import { PluginMeters } from '../../src/observe/metrics/plugin-meters.ts'
import { SinkTaskRunner } from '../../src/pipeline/sink-task-runner.ts'
import { jsonLine } from './json-lines.ts'
import { orderLine, tenTransformations } from './orders.ts'
import { alternates, chainOf, convertersWith, json, string, throwing } from './pipeline-parts.ts'

const records = Number(process.argv[2] ?? 2_000_000)
const rounds = Number(process.argv[3] ?? 3)
const maxPollRecords = Number(process.argv[4] ?? 500)
const path = `/tmp/bunnect-bench-sink-${process.pid}.txt`
const form = process.argv[5] ?? 'file'
const schemas = form.endsWith('-schema')
const values = Array.from({ length: 2000 }, (_, i) => Buffer.from(recordValue(i)))
const extract = {
  transforms: 'Line',
  'transforms.Line.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
  'transforms.Line.field': 'line',
}

function recordValue(i: number): string {
  if (form === 'file') return 'x'.repeat(99)
  return form === 'json' ? jsonLine(i) : orderLine(i, schemas)
}

function chain() {
  return form === 'file' ? null : chainOf<SinkRecord>(form === 'json' ? extract : tenTransformations)
}

function endless(): Consumer {
  const assignment = [{ topic: 't-1', partition: 0 }]
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
      const topic = batch.topicNumber('t-1')
      for (let i = 0; i < maxRecords; i++) {
        batch.begin(topic, 0, 1_700_000_000_000)
        batch.putNull()
        batch.endKey()
        batch.putBytes(values[next % values.length]!)
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
    highWatermark: () => null,
    watermarks: async () => ({ low: 0, high: next }),
    close: async () => {},
  }
}

for (let round = 0; round < rounds; round++) {
  const metrics = !alternates || round % 2 === 0
  const runner: SinkTaskRunner = new SinkTaskRunner({
    id: { connector: 'bench', task: 0 },
    config: {},
    pluginMetrics: new PluginMeters().of(),
    listener: throwing,
    createTask: context => new FileStreamSinkTask(path, context),
    topics: ['t-1'],
    converters: convertersWith(form === 'file' ? string : json(schemas)),
    chain: chain(),
    openConsumer: async () => endless(),
    offsetFlushIntervalMs: 60_000,
    offsetFlushTimeoutMs: 5_000,
    metrics,
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
      `RSS ${Math.round(process.memoryUsage.rss() / 1e6)} MB${metrics ? '' : ', without metrics'}`,
  )
  runner.stop()
  await runner.ended
  rmSync(path)
}

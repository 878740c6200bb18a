/**
 * What SourceTaskRunner costs: FileStreamSource over a real file, into a producer that takes everything and
 * acknowledges it a moment later. `bun test/bench/pipeline-source.ts [lines] [rounds] [file|json|json-schema]`
 */

import { rmSync, writeFileSync } from 'node:fs'
import { FileStreamSourceTask } from '../../connectors/file/source-task.ts'
import type { SourceRecord } from '../../src/data/records.ts'
import type { PackedBatch } from '../../src/kafka/packed-batch.ts'
import type { Producer } from '../../src/kafka/port.ts'
import { PluginMeters } from '../../src/observe/metrics/plugin-meters.ts'
import { SourceTaskRunner } from '../../src/pipeline/source-task-runner.ts'
import { hoistAndInsert } from './json-lines.ts'
import { alternates, chainOf, convertersWith, json, string } from './pipeline-parts.ts'

const lines = Number(process.argv[2] ?? 2_000_000)
const rounds = Number(process.argv[3] ?? 3)
const form = process.argv[4] ?? 'file'
const path = `/tmp/bunnect-bench-source-${process.pid}.txt`
writeFileSync(path, `${'x'.repeat(99)}\n`.repeat(lines))

function swallowing(): Producer {
  let next = 0
  let told = 0
  const producer: Producer = {
    get nextSequence() {
      return next
    },
    get inFlight() {
      return next - told
    },
    send(batch: PackedBatch, from = 0) {
      if (told === next) setImmediate(tell)
      next += batch.count - from
      return batch.count - from
    },
    refusal: () => null,
    room: async () => {},
    onDelivery: () => {},
    onFatal: () => {},
    flush: async () => {
      tell()
      return true
    },
    initTransactions: async () => {},
    beginTransaction: async () => {},
    commitTransaction: async () => {},
    abortTransaction: async () => {},
    close: async () => {},
  }
  function tell() {
    const first = told
    told = next
    if (next > first)
      producer.onDelivery([{ first, count: next - first, partition: 0, baseOffset: first, error: null }])
  }
  return producer
}

const plain = form === 'file'
try {
  for (let round = 0; round < rounds; round++) {
    const metrics = !alternates || round % 2 === 0
    const runner: SourceTaskRunner = new SourceTaskRunner({
      id: { connector: 'bench', task: 0 },
      config: {},
      pluginMetrics: new PluginMeters().of(),
      listener: {
        onStart() {},
        onPause() {},
        onResume() {},
        onTopic() {},
        onFailure(error) {
          throw error
        },
        onShutdown() {},
      },
      createTask: context => new FileStreamSourceTask({ file: path, topic: 't', batchSize: 2000 }, context),
      converters: convertersWith(plain ? string : json(form === 'json-schema')),
      chain: plain ? null : chainOf<SourceRecord>(hoistAndInsert),
      openProducer: async () => swallowing(),
      offsetReader: { offset: async () => null, offsets: async all => all.map(() => null) },
      offsetWriter: { flush: async () => {} },
      offsetFlushIntervalMs: 60_000,
      offsetFlushTimeoutMs: 5_000,
      metrics,
    })
    const cpu = process.cpuUsage()
    const started = performance.now()
    void runner.run()
    while (runner.counters.written < lines) await Bun.sleep(1)
    const ms = performance.now() - started
    const { user, system } = process.cpuUsage(cpu)
    const perMillion = (user + system) / lines
    console.log(
      `${Math.round(lines / ms)} k records/s, ${perMillion.toFixed(2)} CPU-s per million, ` +
        `RSS ${Math.round(process.memoryUsage.rss() / 1e6)} MB${metrics ? '' : ', without metrics'}`,
    )
    runner.stop()
    await runner.ended
  }
} finally {
  rmSync(path)
}

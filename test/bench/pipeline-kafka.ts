/**
 * File to Kafka and Kafka to file with the runners alone, no worker around them, on a broker that runs:
 * `bun test/bench/pipeline-kafka.ts host:port [lines] [rounds]`; without a broker (`embedded`) on the embedded log.
 */

import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { FileStreamSinkTask } from '../../connectors/file/sink-task.ts'
import { FileStreamSourceTask } from '../../connectors/file/source-task.ts'
import { stringConverterPlugin } from '../../src/converters/string.ts'
import { sinkConsumerProperties, sourceProducerProperties } from '../../src/kafka/client-layers.ts'
import { librdkafkaSettings, platformaticOptions } from '../../src/kafka/client-properties.ts'
import { embeddedClient } from '../../src/kafka/embedded/client.ts'
import { librdkafkaClient } from '../../src/kafka/librdkafka/client.ts'
import { PluginMeters } from '../../src/observe/metrics/plugin-meters.ts'
import { SinkTaskRunner } from '../../src/pipeline/sink-task-runner.ts'
import { SourceTaskRunner } from '../../src/pipeline/source-task-runner.ts'
import { throwing } from './pipeline-parts.ts'

const bootstrap = process.argv[2] ?? 'embedded'
const lines = Number(process.argv[3] ?? 2_000_000)
const rounds = Number(process.argv[4] ?? 3)
const folder = `/tmp/bunnect-bench-${process.pid}`
mkdirSync(folder)
const from = `${folder}/in.txt`
const to = `${folder}/out.txt`
writeFileSync(from, `${'x'.repeat(99)}\n`.repeat(lines))
const size = statSync(from).size

const kafka =
  bootstrap === 'embedded'
    ? embeddedClient(`${folder}/log`)
    : librdkafkaClient({ librdkafka: librdkafkaSettings, admin: platformaticOptions })
const string = stringConverterPlugin.converter!({}, false)
const header = stringConverterPlugin.headerConverter!({})
const common = {
  config: {},
  pluginMetrics: new PluginMeters().of(),
  listener: throwing,
  converters: { key: string, value: string, header, classNames: { key: '', value: '', header: '' } },
  offsetFlushIntervalMs: 10_000,
  offsetFlushTimeoutMs: 5_000,
}

async function measure(name: string, work: () => Promise<void>): Promise<void> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  await work()
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  console.log(
    `${name}: ${Math.round(lines / ms)} k records/s, ${((user + system) / lines).toFixed(2)} CPU-s per million, ` +
      `RSS ${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
  )
}

try {
  for (let round = 0; round < rounds; round++) {
    const topic = `bench-${process.pid}-${round}`
    const worker = { 'bootstrap.servers': bootstrap }
    const id = { connector: `bench-${process.pid}-${round}`, task: 0 }
    const admin = await kafka.admin(worker)
    await admin.createTopics([{ topic, partitions: 1, replicationFactor: 1 }])
    await admin.close()

    const source: SourceTaskRunner = new SourceTaskRunner({
      ...common,
      id,
      createTask: context => new FileStreamSourceTask({ file: from, topic, batchSize: 2000 }, context),
      openProducer: () => kafka.producer(sourceProducerProperties(worker, {}, id)),
      offsetReader: { offset: async () => null, offsets: async all => all.map(() => null) },
      offsetWriter: { flush: async () => {} },
    })
    await measure('file-source', async () => {
      void source.run()
      while (source.counters.written < lines) await Bun.sleep(2)
    })
    source.stop()
    await source.ended

    const sink: SinkTaskRunner = new SinkTaskRunner({
      ...common,
      id,
      createTask: context => new FileStreamSinkTask(to, context),
      topics: [topic],
      openConsumer: () => kafka.consumer(sinkConsumerProperties(worker, {}, id)),
      maxPollRecords: Number(process.env.MAXPOLL ?? 500),
    })
    await measure('file-sink', async () => {
      void sink.run()
      while (sink.counters.put < lines) await Bun.sleep(2)
    })
    sink.stop()
    await sink.ended
    if (statSync(to).size !== size) throw new Error(`${to} holds ${statSync(to).size} bytes, not ${size}`)
    rmSync(to)
  }
} finally {
  await kafka.close()
  rmSync(folder, { recursive: true })
}

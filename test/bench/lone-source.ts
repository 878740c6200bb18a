/** A source task's runner without a broker: what a record costs until Kafka's client has it. */
import type { SourceRecord } from '../../src/data/records.ts'
import type { PackedBatch } from '../../src/kafka/packed-batch.ts'
import type { Producer } from '../../src/kafka/port.ts'
import { PluginMeters } from '../../src/observe/metrics/plugin-meters.ts'
import type { Chain } from '../../src/pipeline/chain.ts'
import type { TaskConverters } from '../../src/pipeline/converters.ts'
import { SourceTaskRunner } from '../../src/pipeline/source-task-runner.ts'
import type { SourceTask, SourceTaskContext } from '../../src/sdk/plugin.ts'
import { throwing } from './pipeline-parts.ts'

export interface LoneSource {
  readonly records: number
  readonly converters: TaskConverters
  readonly chain: Chain<SourceRecord> | null
  readonly metrics: boolean
  createTask(context: SourceTaskContext): SourceTask
}

/** Runs the task until so many records are acknowledged, and prints what that took. */
export async function runAlone({
  records,
  converters,
  chain,
  metrics,
  createTask,
}: LoneSource): Promise<void> {
  const runner = new SourceTaskRunner({
    id: { connector: 'bench', task: 0 },
    config: {},
    pluginMetrics: new PluginMeters().of(),
    listener: throwing,
    createTask,
    converters,
    chain,
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
  while (runner.counters.written < records) await Bun.sleep(1)
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  const perMillion = (user + system) / records
  console.log(
    `${Math.round(records / ms)} k records/s, ${perMillion.toFixed(2)} CPU-s per million, ` +
      `RSS ${Math.round(process.memoryUsage.rss() / 1e6)} MB${metrics ? '' : ', without metrics'}`,
  )
  runner.stop()
  await runner.ended
}

/** Takes everything and acknowledges it a moment later. */
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

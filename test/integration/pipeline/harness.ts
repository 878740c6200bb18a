import { afterAll, beforeAll } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { stringConverterPlugin } from '../../../src/converters/string.ts'
import type { ConnectRecord, OffsetMap, SinkRecord, SourceRecord } from '../../../src/data/records.ts'
import { embeddedClient } from '../../../src/kafka/embedded/client.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import type { ClientProperties, KafkaClient, Producer } from '../../../src/kafka/port.ts'
import { redirect } from '../../../src/observe/log.ts'
import { PluginMeters } from '../../../src/observe/metrics/plugin-meters.ts'
import { Chain } from '../../../src/pipeline/chain.ts'
import type { TaskConverters } from '../../../src/pipeline/converters.ts'
import type { DeadLetterQueueSettings } from '../../../src/pipeline/dead-letter-queue.ts'
import { SinkTaskRunner, type SinkTaskRunnerOptions } from '../../../src/pipeline/sink-task-runner.ts'
import { SourceTaskRunner, type SourceTaskRunnerOptions } from '../../../src/pipeline/source-task-runner.ts'
import type { TaskListener, TaskRunner } from '../../../src/pipeline/task-runner.ts'
import type {
  SinkOffset,
  SinkTask,
  SinkTaskContext,
  SourceTask,
  SourceTaskContext,
} from '../../../src/sdk/plugin.ts'
import { SqliteOffsets } from '../../../src/stores/sqlite-offsets.ts'
import { TaskOffsets } from '../../../src/worker/task-offsets.ts'

/** Waits until `check` gives something true. */
export async function until<T>(what: string, check: () => T | Promise<T>, ms = 60_000): Promise<T> {
  const deadline = performance.now() + ms
  for (;;) {
    const value = await check()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`Timed out: ${what}`)
    await Bun.sleep(5)
  }
}

export const string = stringConverterPlugin.converter!({}, false)
export const converters: TaskConverters = {
  key: string,
  value: string,
  header: stringConverterPlugin.headerConverter!({}),
  classNames: {
    key: stringConverterPlugin.className,
    value: stringConverterPlugin.className,
    header: stringConverterPlugin.className,
  },
}

/** A chain of these functions, each a transformation; aliases are a, b … */
export function chainOf<R extends ConnectRecord>(
  ...steps: ((record: R) => R | null | readonly R[])[]
): Chain<R> {
  return new Chain<R>(
    steps.map((apply, i) => ({
      alias: String.fromCharCode(97 + i),
      className: `test.Step${i}`,
      transformation: { apply: apply as never },
      predicate: null,
      negate: false,
    })),
  )
}

/** The string converters, the value's failing where `refuse` gives an error for what it has read or is to write. */
export function refusing(refuse: (value: unknown) => Error | null): TaskConverters {
  const check = (value: unknown) => {
    const error = refuse(value)
    if (error !== null) throw error
  }
  return {
    ...converters,
    value: {
      serialize(topic, schema, value, out) {
        check(value)
        string.serialize(topic, schema, value, out)
      },
      deserialize(topic, data, start, length, into) {
        string.deserialize(topic, data, start, length, into)
        check(into.value)
      },
    },
  }
}

/** The states that a task told, and what failed it. */
export class Told implements TaskListener {
  states: string[] = []
  error: unknown = null
  onStart = () => void this.states.push('RUNNING')
  onPause = () => void this.states.push('PAUSED')
  onResume = () => void this.states.push('RUNNING')
  onShutdown = () => void this.states.push('UNASSIGNED')
  topics: string[] = []
  onTopic = (topic: string) => void this.topics.push(topic)
  onFailure = (error: unknown) => {
    this.states.push('FAILED')
    this.error = error
  }
  get last(): string | undefined {
    return this.states.at(-1)
  }
  /** The messages of the failure and its causes. */
  get trace(): string[] {
    const messages: string[] = []
    for (let e = this.error; e instanceof Error; e = e.cause) messages.push(e.message)
    return messages
  }
}

export interface TopicRecord {
  key: string | null
  value: string | null
  timestamp: number
  headers: [name: string, value: string | null][]
}

export interface Started<R extends TaskRunner> {
  runner: R
  told: Told
}

/** An embedded log and an offset store in a folder of their own, and what was started on them. */
export class House {
  readonly folder = mkdtempSync('/tmp/bunnect-pipeline-')
  readonly kafka: KafkaClient
  /** What every client is opened with. */
  readonly #properties: ClientProperties
  readonly offsets = new SqliteOffsets(join(this.folder, 'offsets.db'))
  readonly #runners: TaskRunner[] = []

  /** On a real cluster, or on the embedded log. */
  constructor(cluster?: { kafka: KafkaClient; properties: ClientProperties }) {
    this.kafka = cluster?.kafka ?? embeddedClient(join(this.folder, 'log'))
    this.#properties = cluster?.properties ?? {}
  }

  async close(): Promise<void> {
    for (const runner of this.#runners) runner.stop()
    for (const runner of this.#runners) {
      if (!(await runner.awaitStop(60_000))) throw new Error(`Task ${runner} does not stop`)
    }
    await this.kafka.close()
    await this.offsets.close()
    rmSync(this.folder, { recursive: true })
  }

  source(
    connector: string,
    task: (context: SourceTaskContext) => SourceTask,
    options: Partial<SourceTaskRunnerOptions> & { producer?: ClientProperties } = {},
  ): Started<SourceTaskRunner> {
    const told = new Told()
    const offsets = new TaskOffsets(connector, this.offsets)
    const runner = new SourceTaskRunner({
      id: { connector, task: 0 },
      config: { name: connector },
      pluginMetrics: new PluginMeters().of(),
      listener: told,
      createTask: task,
      converters,
      openProducer: () => this.kafka.producer({ ...this.#properties, ...options.producer }),
      offsetReader: offsets,
      offsetWriter: offsets,
      offsetFlushIntervalMs: 60_000,
      offsetFlushTimeoutMs: 5_000,
      ...options,
    })
    this.#runners.push(runner)
    void runner.run()
    return { runner, told }
  }

  sink(
    connector: string,
    task: (context: SinkTaskContext) => SinkTask,
    options: Partial<SinkTaskRunnerOptions> & { consumer?: ClientProperties; number?: number } = {},
  ): Started<SinkTaskRunner> {
    const told = new Told()
    const runner = new SinkTaskRunner({
      id: { connector, task: options.number ?? 0 },
      config: { name: connector },
      pluginMetrics: new PluginMeters().of(),
      listener: told,
      createTask: task,
      topics: [connector],
      converters,
      openConsumer: () =>
        this.kafka.consumer({
          ...this.#properties,
          'group.id': `connect-${connector}`,
          'auto.offset.reset': 'earliest',
          ...options.consumer,
        }),
      offsetFlushIntervalMs: 60_000,
      offsetFlushTimeoutMs: 5_000,
      ...options,
    })
    this.#runners.push(runner)
    void runner.run()
    return { runner, told }
  }

  async topic(topic: string, partitions = 1): Promise<void> {
    const admin = await this.kafka.admin(this.#properties)
    await admin.createTopics([{ topic, partitions, replicationFactor: 1 }])
    await admin.close()
  }

  /** Values alone have neither key nor headers. */
  async produce(
    topic: string,
    values: readonly (string | null | Partial<TopicRecord>)[],
    partition = 0,
  ): Promise<void> {
    const producer: Producer = await this.kafka.producer(this.#properties)
    const batch = new PackedBatch()
    const number = batch.topicNumber(topic)
    const put = (text: string | null) => (text === null ? batch.putNull() : batch.putUtf8(text))
    for (const one of values) {
      const {
        key = null,
        value = null,
        timestamp = 1_700_000_000_000,
        headers = [],
      } = typeof one === 'string' || one === null ? { value: one } : one
      batch.begin(number, partition, timestamp)
      put(key)
      batch.endKey()
      put(value)
      batch.endValue()
      for (const [name, text] of headers) batch.header(name, text === null ? null : Buffer.from(text))
      batch.commit()
    }
    for (let from = 0; from < batch.count; ) {
      from += producer.send(batch, from)
      if (from < batch.count) await producer.room()
    }
    await producer.flush(60_000)
    await producer.close(10_000)
  }

  /** Everything in a topic's partition, from its beginning. */
  async values(topic: string, partition = 0): Promise<(string | null)[]> {
    const consumer = await this.kafka.consumer(this.#properties)
    const values: (string | null)[] = []
    const batch = new PackedBatch()
    consumer.assign([{ topic, partition, offset: 0 }])
    const { high } = await consumer.watermarks({ topic, partition }, 10_000)
    while (values.length < high) {
      await consumer.poll(batch, { maxRecords: 10_000, maxBytes: 1 << 26, timeoutMs: 1000 })
      for (let i = 0; i < batch.count; i++) values.push(batch.valueText(i))
    }
    await consumer.close()
    return values
  }

  /** Everything in a topic's partition with keys, timestamps and headers, all as text. */
  async records(topic: string, partition = 0): Promise<TopicRecord[]> {
    const consumer = await this.kafka.consumer(this.#properties)
    const records: TopicRecord[] = []
    const batch = new PackedBatch()
    consumer.assign([{ topic, partition, offset: 0 }])
    const { high } = await consumer.watermarks({ topic, partition }, 10_000)
    while (records.length < high) {
      await consumer.poll(batch, { maxRecords: 10_000, maxBytes: 1 << 26, timeoutMs: 1000 })
      for (let i = 0; i < batch.count; i++) {
        const headers = batch.headers(i)
        records.push({
          key: batch.keyText(i),
          value: batch.valueText(i),
          timestamp: batch.timestamp(i),
          headers: headers.map(({ name, value }) => [name, value && Buffer.from(value).toString()]),
        })
      }
    }
    await consumer.close()
    return records
  }

  /** Where a task's dead letters go; `open` may wrap the producer. */
  deadLetters(
    topic: string,
    more: Partial<DeadLetterQueueSettings> = {},
    open: (producer: Producer) => Producer = producer => producer,
  ): DeadLetterQueueSettings {
    return {
      topic,
      replicationFactor: 1,
      contextHeaders: true,
      openAdmin: () => this.kafka.admin(this.#properties),
      openProducer: async () => open(await this.kafka.producer(this.#properties)),
      ...more,
    }
  }

  stored(connector: string, partition: OffsetMap | null): Promise<OffsetMap | null> {
    return this.offsets.get(connector, [partition]).then(([offset]) => offset ?? null)
  }

  /** `{"t-0": 3}`: the offsets a sink's group has committed. */
  async committed(connector: string): Promise<Record<string, number>> {
    const admin = await this.kafka.admin(this.#properties)
    const offsets = await admin.groupOffsets(`connect-${connector}`)
    await admin.close()
    return Object.fromEntries(
      offsets.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]),
    )
  }
}

/** For a test file: a house of its own, and the log lines that its tests cause. */
export function ownHouse(): { house: House; log: string[] } {
  const house = new House()
  const log: string[] = []
  let restore: (() => void) | undefined
  beforeAll(() => {
    restore = redirect(line => void log.push(line))
  })
  afterAll(async () => {
    await house.close()
    restore?.()
  })
  return { house, log }
}

const offsetsText = (offsets: readonly SinkOffset[]) =>
  offsets.map(({ topic, partition, offset }) => `${topic}-${partition}=${offset}`).join(',')
const partitionsText = (partitions: readonly { topic: string; partition: number }[]) =>
  partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(',')

type Awaitable<T> = T | Promise<T>
/** What a recorded sink task does besides noting its calls; `count` is the number of this call, from 1. */
export interface SinkScript {
  start?(context: SinkTaskContext): Awaitable<void>
  open?(context: SinkTaskContext, count: number): Awaitable<void>
  put?(records: SinkRecord[], context: SinkTaskContext, count: number): Awaitable<void>
  flush?(count: number): Awaitable<void>
  preCommit?(offsets: SinkOffset[], count: number): Awaitable<SinkOffset[]>
  close?(count: number): Awaitable<void>
  stop?(): Awaitable<void>
}

/** A sink task that notes every call as observed.md does: `open[t-0]`, `put2`, `pC{t-0=2}`, `close[t-0]`, `stop`. */
export class RecordedSink {
  calls: string[] = []
  values: unknown[] = []
  records: SinkRecord[] = []
  readonly #script: SinkScript
  #counts = { open: 0, put: 0, flush: 0, close: 0 }

  constructor(script: SinkScript = {}) {
    this.#script = script
  }

  /** The calls, repeated idle ones (`put0` and equal commits in a row) only once. */
  get distinct(): string[] {
    return this.calls.filter((call, i) => call !== this.calls[i - 1])
  }

  readonly task = (context: SinkTaskContext): SinkTask => {
    const script = this.#script
    this.calls.push('initialize')
    const { calls } = this
    const note = async (call: string, work: () => Awaitable<unknown>) => {
      const at = calls.push(call) - 1
      try {
        await work()
      } catch (error) {
        calls[at] = `${call}✗`
        throw error
      }
    }
    const task: SinkTask = {
      start: () => note('start', () => script.start?.(context)),
      open: partitions =>
        note(`open[${partitionsText(partitions)}]`, () => script.open?.(context, ++this.#counts.open)),
      put: records =>
        note(`put${records.length}`, async () => {
          await script.put?.(records, context, ++this.#counts.put)
          for (const record of records) {
            this.values.push(record.value)
            this.records.push(record)
          }
        }),
      close: partitions =>
        note(`close[${partitionsText(partitions)}]`, () => script.close?.(++this.#counts.close)),
      stop: () => note('stop', () => script.stop?.()),
    }
    if (script.preCommit) {
      task.preCommit = async offsets => {
        calls.push(`pC{${offsetsText(offsets)}}`)
        return await script.preCommit!(offsets, ++this.#counts.flush)
      }
    } else {
      task.flush = offsets => note(`pC{${offsetsText(offsets)}}`, () => script.flush?.(++this.#counts.flush))
    }
    return task
  }
}

/** A source task that hands out these lists, one a poll, then waits; it notes its calls. */
export class RecordedSource {
  calls: string[] = []
  readonly #polls: (SourceRecord[] | null | Error)[]
  readonly #more: Partial<Pick<SourceTask, 'commit' | 'commitRecord' | 'start'>>

  constructor(
    polls: (SourceRecord[] | null | Error)[],
    more: Partial<Pick<SourceTask, 'commit' | 'commitRecord' | 'start'>> = {},
  ) {
    this.#polls = [...polls]
    this.#more = more
  }

  add(...polls: (SourceRecord[] | null | Error)[]): void {
    this.#polls.push(...polls)
  }

  readonly task = (context: SourceTaskContext): SourceTask => {
    this.calls.push('initialize')
    return {
      start: async () => {
        this.calls.push('start')
        await this.#more.start?.()
      },
      poll: async () => {
        const next = this.#polls.shift()
        if (next instanceof Error) {
          this.calls.push('poll✗')
          throw next
        }
        if (next) {
          this.calls.push(`poll${next.length}`)
          return next
        }
        if (!context.signal.aborted) await Bun.sleep(5)
        return null
      },
      commitRecord: (record, metadata) => {
        this.calls.push(
          `cR(${record.value},${metadata && `${metadata.topic}-${metadata.partition}@${metadata.offset}`})`,
        )
        this.#more.commitRecord?.(record, metadata)
      },
      commit: async () => {
        this.calls.push('commit')
        await this.#more.commit?.()
      },
      stop: () => void this.calls.push('stop'),
    }
  }
}

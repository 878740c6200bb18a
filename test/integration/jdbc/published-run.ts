import { join } from 'node:path'
import { until } from '../../servers/run.ts'
import type { TopicProbe, TopicRecord } from '../../servers/topics.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'

type Part = string | Buffer | null
type Rows = Record<string, unknown>[]

/** What values are written in where a published file leaves that to the worker. */
export type Language = 'json' | 'avro' | 'protobuf' | 'jsonSchema'

const CONVERTERS: Readonly<Record<Language, string>> = {
  json: 'org.apache.kafka.connect.json.JsonConverter',
  avro: 'io.confluent.connect.avro.AvroConverter',
  protobuf: 'io.confluent.connect.protobuf.ProtobufConverter',
  jsonSchema: 'io.confluent.connect.json.JsonSchemaConverter',
}

/** A standalone worker for one published file, in a folder of its own, and the file's topics. */
export class PublishedRun {
  readonly worker: ConnectWorker
  readonly #probe: TopicProbe
  readonly #topics: readonly string[]
  readonly #created = new Set<string>()

  private constructor(worker: ConnectWorker, probe: TopicProbe, topics: readonly string[]) {
    this.worker = worker
    this.#probe = probe
    this.#topics = topics
  }

  /** The topics' names are the published ones: what an earlier run has left of them is deleted first. */
  static async start(
    where: { bootstrap: string; probe: TopicProbe; registry: string },
    language: Language,
    topics: readonly string[],
  ): Promise<PublishedRun> {
    await remove(where.probe, topics)
    const settings = {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': CONVERTERS[language],
      'offset.flush.interval.ms': '500',
      ...(language !== 'json' && { 'value.converter.schema.registry.url': where.registry }),
    }
    const worker = await startWorker('bunnect', { bootstrap: where.bootstrap, worker: settings })
    return new PublishedRun(worker, where.probe, topics)
  }

  async close(): Promise<void> {
    await this.worker.stop()
    await remove(this.#probe, this.#topics)
  }

  /** The records of a topic when there are as many. */
  async records(topic: string, count: number): Promise<TopicRecord[]> {
    const seen = async () => (await this.#probe.endOffset(topic)) >= count
    await this.#awaited(`${count} records in ${topic}`, seen)
    return await this.#probe.readAll(topic)
  }

  /** What the worker's own converter reads out of a topic. */
  async structs(topic: string, count: number): Promise<string[]> {
    const file = join(this.worker.dir, `${topic}.txt`)
    const reader = { 'connector.class': 'FileStreamSink', topics: topic, file }
    await this.worker.create({ name: `read-${topic}`, ...reader })
    return await this.#awaited(`${count} lines of ${topic}`, async () => {
      const lines = (await Bun.file(file).text()).split('\n').slice(0, -1)
      return lines.length >= count && lines
    })
  }

  /** Writes keys and values to the one partition of a topic, which the first call makes. */
  async produce(topic: string, pairs: readonly (readonly [key: Part, value: Part])[]): Promise<void> {
    if (!this.#created.has(topic)) await this.#probe.create(topic)
    this.#created.add(topic)
    const bytes = (part: Part) => (part === null ? null : Buffer.from(part))
    const place = { topic, partition: 0, timestamp: Date.now(), headers: [] }
    await this.#probe.produceRecords(
      pairs.map(([key, value]) => ({ ...place, key: bytes(key), value: bytes(value) })),
    )
  }

  /** The rows of a query once there are as many. */
  async rows(count: number, query: () => Promise<Rows>): Promise<Rows> {
    return await this.#awaited(`${count} rows`, async () => {
      const found = await query()
      return found.length === count && found
    })
  }

  async #awaited<T>(what: string, probe: () => Promise<T | false>): Promise<T> {
    return await until(what, probe).catch(async error => {
      const answer = await this.worker.fetch('/connectors?expand=status')
      throw new Error(`${error.message}: ${JSON.stringify(await answer.json())}`, { cause: error })
    })
  }
}

async function remove(probe: TopicProbe, topics: readonly string[]): Promise<void> {
  for (const topic of topics) {
    // Another file may delete one that begins alike while this one looks.
    const found = await until(`a look at ${topic}`, () => probe.topics(topic))
    if (found.some(({ name }) => name === topic)) await probe.delete(topic)
  }
}

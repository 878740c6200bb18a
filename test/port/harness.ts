import { PackedBatch } from '../../src/kafka/packed-batch.ts'
import type {
  ClientProperties,
  Consumer,
  DeliveryRun,
  KafkaClient,
  Producer,
  TopicPartition,
} from '../../src/kafka/port.ts'

/** One implementation of the port under test. */
export interface PortFactory {
  name: string
  client(): Promise<KafkaClient>
  /** What every client of the suite is opened with, such as `bootstrap.servers`. */
  properties(): ClientProperties
  dispose(): Promise<void>
  capabilities: {
    /** Each `compression.type` that the 50 MB record is sent with. */
    compressions: readonly string[]
  }
}

/** The opened implementation that the behaviours run on. */
export interface Port {
  client: KafkaClient
  factory: PortFactory
  properties(more?: ClientProperties): ClientProperties
}

/** A port for the functions below, of a client that somebody else opened. */
export function portOf(client: KafkaClient, properties: ClientProperties = {}): Port {
  const factory: PortFactory = {
    name: 'client',
    client: async () => client,
    properties: () => properties,
    dispose: async () => {},
    capabilities: { compressions: [] },
  }
  return { client, factory, properties: (more = {}) => ({ ...properties, ...more }) }
}

export type Text = string | null
export interface Sample {
  topic: string
  partition?: number
  timestamp?: number
  key?: Text | Uint8Array
  value?: Text | Uint8Array
  headers?: [string, Text][]
}

/** A record as a consumer saw it, copied out of its batch. */
export interface Seen {
  topic: string
  partition: number
  offset: number
  timestamp: number
  key: Text
  value: Text
  headers: [string, Text][]
}

/** Generous: it only ends tests that hang. */
export const DEADLINE = 120_000
export const POLL = { maxRecords: 500, maxBytes: 64 << 20, timeoutMs: 250 }

let topics = 0
const RUN = Math.random().toString(36).slice(2, 8)
/** A name that no other test and no other run uses. */
export function fresh(what: string): string {
  return `${what}-${RUN}-${topics++}`
}

export function write(batch: PackedBatch, sample: Sample): void {
  batch.begin(batch.topicNumber(sample.topic), sample.partition ?? -1, sample.timestamp ?? -1)
  put(batch, sample.key ?? null)
  batch.endKey()
  put(batch, sample.value ?? null)
  batch.endValue()
  for (const [name, value] of sample.headers ?? []) {
    batch.header(name, value === null ? null : Buffer.from(value))
  }
  batch.commit()
}

function put(batch: PackedBatch, part: Text | Uint8Array): void {
  if (part === null) batch.putNull()
  else if (typeof part === 'string') batch.putUtf8(part)
  else batch.putBytes(part)
}

export function packed(samples: Sample[]): PackedBatch {
  const batch = new PackedBatch(Math.max(samples.length, 1), 64 * 1024)
  for (const sample of samples) write(batch, sample)
  return batch
}

/** Collects every delivery run of a producer, from now on. */
export function deliveries(producer: Producer): DeliveryRun[] {
  const all: DeliveryRun[] = []
  producer.onDelivery = runs => {
    for (const run of runs) all.push({ ...run })
  }
  return all
}

/** Hands over the whole batch, waiting for room as often as it takes. */
export async function sendAll(producer: Producer, batch: PackedBatch): Promise<number> {
  let refused = 0
  for (let from = 0; from < batch.count; ) {
    from += producer.send(batch, from)
    if (from < batch.count) {
      refused++
      await producer.room(AbortSignal.timeout(DEADLINE))
    }
  }
  return refused
}

/** Sends, waits for all outcomes and throws the first error. */
export async function publish(
  port: Port,
  samples: Sample[],
  more: ClientProperties = {},
): Promise<DeliveryRun[]> {
  const producer = await port.client.producer(port.properties(more))
  try {
    const runs = deliveries(producer)
    await sendAll(producer, packed(samples))
    if (!(await producer.flush(DEADLINE))) throw new Error('records are still in flight at the deadline')
    for (const run of runs) if (run.error) throw run.error
    return runs
  } finally {
    await producer.close(DEADLINE)
  }
}

export function seen(batch: PackedBatch, i: number): Seen {
  const text = (bytes: Uint8Array | null): Text =>
    bytes === null ? null : Buffer.from(bytes).toString('utf8')
  return {
    topic: batch.topic(i),
    partition: batch.partition(i),
    offset: batch.offset(i),
    timestamp: batch.timestamp(i),
    key: text(batch.key(i)),
    value: text(batch.value(i)),
    headers: batch.headers(i).map(header => [header.name, text(header.value)]),
  }
}

/** Polls once and copies what came. */
export async function pollOnce(
  consumer: Consumer,
  limits = POLL,
  batch = new PackedBatch(),
): Promise<Seen[]> {
  const n = await consumer.poll(batch, limits)
  return Array.from({ length: n }, (_, i) => seen(batch, i))
}

/** Polls until `count` records came. */
export async function take(consumer: Consumer, count: number, limits = POLL): Promise<Seen[]> {
  const records: Seen[] = []
  await until(`${count} records`, async () => {
    records.push(...(await pollOnce(consumer, limits)))
    return records.length >= count
  })
  return records
}

/** Reads partitions from their start until `onEnd` has named each of them. */
export async function readAll(
  port: Port,
  partitions: TopicPartition[],
  more: ClientProperties = {},
): Promise<{ records: Seen[]; ends: Map<string, number> }> {
  const consumer = await port.client.consumer(port.properties(more))
  try {
    const ends = new Map<string, number>()
    consumer.onEnd = (p, end) => void ends.set(`${p.topic}-${p.partition}`, end)
    consumer.assign(partitions.map(p => ({ ...p, offset: 0 })))
    const records: Seen[] = []
    await until('the end of every partition', async () => {
      records.push(...(await pollOnce(consumer)))
      return ends.size === partitions.length
    })
    return { records, ends }
  } finally {
    await consumer.close()
  }
}

/** Repeats `step` until it says true; throws at the deadline. */
export async function until(what: string, step: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + DEADLINE
  while (!(await step())) {
    if (Date.now() > end) throw new Error(`waited ${DEADLINE} ms for ${what}`)
    await new Promise(resolve => setImmediate(resolve))
  }
}

export async function createTopic(
  port: Port,
  topic: string,
  partitions = 1,
  configs: Record<string, string> = {},
): Promise<void> {
  const admin = await port.client.admin(port.properties())
  try {
    const results = await admin.createTopics([{ topic, partitions, replicationFactor: 1, configs }])
    const error = results.get(topic)
    if (error) throw error
    // A broker answers before every client can see the topic.
    await until(`topic ${topic}`, async () => (await admin.describeTopics([topic])).get(topic) === partitions)
  } finally {
    await admin.close()
  }
}

export const values = (records: Seen[]): Text[] => records.map(record => record.value)

export function numbered(topic: string, from: number, to: number, more: Partial<Sample> = {}): Sample[] {
  return Array.from({ length: to - from }, (_, i) => ({ topic, value: String(from + i), ...more }))
}

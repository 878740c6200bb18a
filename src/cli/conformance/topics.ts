import { PackedBatch } from '../../kafka/packed-batch.ts'
import {
  type Admin,
  type ClientProperties,
  type KafkaClient,
  KafkaError,
  type TopicPartition,
} from '../../kafka/port.ts'
import { appendRaw } from '../../pipeline/raw-record.ts'
import type { Environment, RawRecord } from '../../testing/index.ts'

/** What the kit does with topics and groups. */
export type KitTopics = Pick<
  Environment,
  'createTopic' | 'produce' | 'read' | 'count' | 'committed' | 'alterCommitted'
>

const SEND_MS = 60_000
const POLL = { maxRecords: 5000, maxBytes: 4 << 20, timeoutMs: 1000 }

/** Topics of a Kafka or of the embedded log. */
export function kitTopics(
  kafka: KafkaClient,
  properties: ClientProperties,
): KitTopics & { close(): Promise<void> } {
  let opened: Promise<Admin> | null = null
  const asked = async <T>(deed: (admin: Admin) => Promise<T>) => {
    opened ??= kafka.admin(properties, 'kit')
    return await deed(await opened)
  }
  const count = (topic: string) =>
    asked(async admin => {
      if (!(await admin.describeTopics([topic])).has(topic)) return 0
      return (await admin.endOffsets([first(topic)]))[0]!.offset
    })
  return {
    count,
    async createTopic(topic, partitions) {
      const error = await asked(async admin => {
        const answers = await admin.createTopics([{ topic, partitions, replicationFactor: -1 }])
        return answers.get(topic)
      })
      if (error && error.code !== 'TOPIC_ALREADY_EXISTS') throw error
    },
    async produce(topic, records) {
      const producer = await kafka.producer({ ...properties, acks: 'all' }, 'kit')
      let failure: KafkaError | null = null
      producer.onDelivery = runs => {
        for (const { error } of runs) failure ??= error
      }
      producer.onFatal = error => {
        failure ??= error
      }
      try {
        const batch = packed(topic, records)
        for (let sent = 0; sent < batch.count && failure === null; ) {
          const taken = producer.send(batch, sent)
          sent += taken
          if (taken === 0) await producer.room(AbortSignal.timeout(SEND_MS))
        }
        if (!(await producer.flush(SEND_MS)))
          failure ??= new KafkaError('REQUEST_TIMED_OUT', `Kafka has not taken the records for ${topic}`)
      } finally {
        await producer.close(0)
      }
      if (failure !== null) throw failure
    },
    async read(topic) {
      const end = await count(topic)
      const records: RawRecord[] = []
      if (end === 0) return records
      const consumer = await kafka.consumer({ ...properties, 'group.id': 'kit' }, 'kit')
      try {
        consumer.assign([{ ...first(topic), offset: 0 }])
        const batch = new PackedBatch()
        for (let next = 0; next < end; ) {
          const found = await consumer.poll(batch, POLL)
          for (let i = 0; i < found; i++) {
            records.push(copied(batch, i))
            next = batch.offset(i) + 1
          }
        }
      } finally {
        await consumer.close()
      }
      return records
    },
    committed: (group, topic) =>
      asked(async admin => {
        const offsets = await admin.groupOffsets(group).catch((error: unknown) => {
          if (error instanceof KafkaError && error.code === 'GROUP_ID_NOT_FOUND') return []
          throw error
        })
        return offsets.find(at => at.topic === topic && at.partition === 0)?.offset ?? null
      }),
    alterCommitted: (group, topic, offset) =>
      asked(admin => admin.alterGroupOffsets(group, [{ ...first(topic), offset }])),
    close: async () => (await opened)?.close(),
  }
}

function first(topic: string): TopicPartition {
  return { topic, partition: 0 }
}

function packed(topic: string, records: readonly RawRecord[]): PackedBatch {
  const batch = new PackedBatch()
  const number = batch.topicNumber(topic)
  for (const record of records) appendRaw(batch, number, 0, Date.now(), record)
  return batch
}

function copied(batch: PackedBatch, i: number): RawRecord {
  const own = (bytes: Buffer | null) => bytes && Uint8Array.from(bytes)
  return {
    key: own(batch.key(i)),
    value: own(batch.value(i)),
    headers: batch.headers(i).map(({ name, value }) => ({ name, value: value && Uint8Array.from(value) })),
  }
}

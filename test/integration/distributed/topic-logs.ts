import { afterAll, beforeAll } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigLog } from '../../../src/herder/distributed/config-log.ts'
import { StatusLog } from '../../../src/herder/distributed/status-log.ts'
import { embeddedClient } from '../../../src/kafka/embedded/client.ts'
import type { Admin, ClientProperties, KafkaClient } from '../../../src/kafka/port.ts'
import { redirect } from '../../../src/observe/log.ts'
import { KafkaTopicLog } from '../../../src/stores/kafka-topic-log.ts'
import type { LogEntry, LogRecord, TopicLog } from '../../../src/stores/topic-log.ts'

/** The internal topics of a cluster, opened as workers open them. */
export class Topics {
  readonly #admin: Promise<Admin>
  readonly #opened: { close(): Promise<void> }[] = []

  constructor(
    readonly kafka: KafkaClient,
    readonly properties: ClientProperties = {},
  ) {
    this.#admin = kafka.admin(properties)
  }

  /** A log of the topic, which is made if it is not there. */
  log(topic: string, partitions: number, tell: (record: LogRecord) => void): TopicLog {
    const log = new KafkaTopicLog({
      topic: {
        topic,
        partitions,
        replicationFactor: 1,
        configs: { 'cleanup.policy': 'compact' },
        property: 'config.storage.topic',
        purpose: 'tests',
        single: partitions === 1,
      },
      kafka: this.kafka,
      producer: this.properties,
      consumer: { ...this.properties, 'auto.offset.reset': 'earliest', 'enable.auto.commit': 'false' },
      admin: () => this.#admin,
      onRecord: tell,
    })
    this.#opened.push(log)
    return log
  }

  async config(topic: string, open?: (log: TopicLog) => TopicLog, budgetMs?: number): Promise<ConfigLog> {
    const config = new ConfigLog({
      topic,
      open: tell => {
        const log = this.log(topic, 1, tell)
        return open?.(log) ?? log
      },
      ...(budgetMs !== undefined && { budgetMs }),
    })
    await config.start()
    return config
  }

  async status(
    topic: string,
    worker: { workerId?: string; generation?: () => number; open?: (log: TopicLog) => TopicLog } = {},
  ): Promise<StatusLog> {
    const { workerId = 'w1:8083', generation = () => 1, open } = worker
    const status = new StatusLog({
      topic,
      workerId,
      generation,
      open: tell => {
        const log = this.log(topic, 5, tell)
        return open?.(log) ?? log
      },
    })
    this.#opened.unshift(status)
    await status.start()
    return status
  }

  /** Writes as somebody else does. */
  async write(topic: string, partitions: number, entries: readonly LogEntry[]): Promise<void> {
    const log = this.log(topic, partitions, () => {})
    await log.start()
    await log.append(entries)
    await log.close()
  }

  /** Everything in the topic as `key → value`, in the order of each partition. */
  async records(topic: string, partitions: number): Promise<[key: string | null, value: string | null][]> {
    const records: [string | null, string | null][] = []
    const text = (part: Buffer | null) => (part === null ? null : part.toString())
    const log = this.log(topic, partitions, ({ key, value }) => records.push([text(key), text(value)]))
    await log.start()
    await log.close()
    return records
  }

  async close(): Promise<void> {
    for (const one of this.#opened) await one.close()
    await (await this.#admin).close()
    await this.kafka.close()
  }
}

/** For a test file: topics on an embedded log of its own, and the log lines that its tests cause. */
export function ownTopics(): { topics: Topics; lines: string[] } {
  const folder = mkdtempSync('/tmp/bunnect-topics-')
  const topics = new Topics(embeddedClient(join(folder, 'log')))
  const lines: string[] = []
  let restore: (() => void) | undefined
  beforeAll(() => {
    restore = redirect(line => void lines.push(line))
  })
  afterAll(async () => {
    await topics.close()
    restore?.()
    rmSync(folder, { recursive: true })
  })
  return { topics, lines }
}

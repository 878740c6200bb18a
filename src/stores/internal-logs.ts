import type { Parsed } from '../config/keys.ts'
import type { distributedConfig } from '../config/worker-config.ts'
import {
  type InternalStore,
  internalClientProperties,
  offsetsTopicProperties,
  sharedAdminProperties,
} from '../kafka/client-layers.ts'
import type { Admin, KafkaClient } from '../kafka/port.ts'
import { internalTopic } from './internal-topic.ts'
import { KafkaTopicLog } from './kafka-topic-log.ts'
import type { LogRecord, TopicLog } from './topic-log.ts'

export type DistributedWorker = {
  raw: Readonly<Record<string, string>>
  values: Parsed<typeof distributedConfig>
}

/** Makes the logs of a distributed worker's topics; those of the worker itself share one admin client. */
export class InternalLogs {
  readonly #kafka: KafkaClient
  readonly #worker: DistributedWorker
  #admin: Promise<Admin> | null = null

  constructor(kafka: KafkaClient, worker: DistributedWorker) {
    this.#kafka = kafka
    this.#worker = worker
  }

  /** The log of an internal topic of the worker, which tells its records; nothing is opened before it is started. */
  open(store: InternalStore, tell: (record: LogRecord) => void): TopicLog {
    return new KafkaTopicLog({
      topic: internalTopic(store, this.#worker),
      kafka: this.#kafka,
      ...internalClientProperties(this.#worker.raw, store),
      admin: () => (this.#admin ??= this.#openAdmin()),
      onRecord: tell,
    })
  }

  /**
   * The log of the offsets topic that a connector has for itself, with the worker's settings for offsets and the
   * connector's own clients. Throws ConnectException for an override that the worker forbids.
   */
  openForConnector(
    topic: string,
    connector: string,
    config: Readonly<Record<string, string>>,
    tell: (record: LogRecord) => void,
  ): TopicLog {
    const { admin: properties, ...clients } = offsetsTopicProperties(this.#worker.raw, config, connector)
    return new KafkaTopicLog({
      topic: { ...internalTopic('offsets', this.#worker), topic },
      kafka: this.#kafka,
      ...clients,
      admin: () => this.#kafka.admin(properties),
      ownAdmin: true,
      onRecord: tell,
    })
  }

  /** To be called when the logs are closed. Safe to call twice. */
  async close(): Promise<void> {
    const admin = await this.#admin?.catch(() => null) // Whoever needed it was told.
    await admin?.close()
  }

  async #openAdmin(): Promise<Admin> {
    return await this.#kafka.admin(sharedAdminProperties(this.#worker.raw))
  }
}

import { ConnectException } from '../data/errors.ts'
import type { Admin, ClientProperties, KafkaClient } from '../kafka/port.ts'
import { logger } from '../observe/log.ts'
import { untilAborted } from '../waiting/until-aborted.ts'
import { ensureInternalTopic, type InternalTopic } from './internal-topic.ts'
import { LogReader } from './log-reader.ts'
import { LogWriter } from './log-writer.ts'
import type { LogEntry, LogRecord, TopicLog } from './topic-log.ts'

const log = logger('org.apache.kafka.connect.util.KafkaBasedLog')

export interface KafkaTopicLogOptions {
  topic: InternalTopic
  kafka: KafkaClient
  producer: ClientProperties
  consumer: ClientProperties
  /** Called once. */
  admin: () => Promise<Admin>
  /** The log closes the admin client; otherwise whoever shares it does. */
  ownAdmin?: boolean
  /** Called for every record, a partition's in their order. What it throws is logged. */
  onRecord(record: LogRecord): void
}

/** How long the first reading may take that nobody limits. Java: KafkaBasedLog.ADMIN_CLIENT_RETRY_DURATION */
const START_TIMEOUT_MS = 900_000
/** For records on their way when the log is closed: who wrote them has not been answered. */
const CLOSE_TIMEOUT_MS = 5000

/** A compacted topic of a cluster as a log. Java: org.apache.kafka.connect.util.KafkaBasedLog */
export class KafkaTopicLog implements TopicLog {
  readonly #options: KafkaTopicLogOptions
  readonly #writer: LogWriter
  readonly #closing = new AbortController()
  #admin: Promise<Admin> | null = null
  #reader: LogReader | null = null
  #starting: Promise<void> | null = null
  #closed: Promise<void> | null = null

  constructor(options: KafkaTopicLogOptions) {
    this.#options = options
    const { topic, kafka, producer } = options
    this.#writer = new LogWriter(topic.topic, topic.property, () => kafka.producer(producer))
  }

  start(signal?: AbortSignal): Promise<void> {
    this.#starting ??= this.#start(
      AbortSignal.any([this.#closing.signal, signal ?? AbortSignal.timeout(START_TIMEOUT_MS)]),
    )
    return this.#starting
  }

  async append(entries: readonly LogEntry[]): Promise<void> {
    await this.#writer.append(entries)
  }

  async appendAndRead(entries: readonly LogEntry[], signal?: AbortSignal): Promise<void> {
    const reader = this.#mustBeStarted()
    const before = reader.positions()
    const written = await untilAborted(this.#writer.append(entries), signal)
    await reader.readTo(written, before, signal)
  }

  async readToEnd(signal?: AbortSignal): Promise<void> {
    await this.#mustBeStarted().readToEnd(signal)
  }

  flush(timeoutMs: number): Promise<void> {
    return this.#writer.flush(timeoutMs)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #start(signal: AbortSignal): Promise<void> {
    const { topic, kafka, consumer: properties, admin: openAdmin, onRecord } = this.#options
    this.#admin = openAdmin()
    const admin = await untilAborted(this.#admin, signal)
    const backoffMs = Number(properties['retry.backoff.ms']) || 100
    const partitions = await ensureInternalTopic(
      topic,
      admin,
      {
        bootstrapServers: properties['bootstrap.servers'] ?? '',
        timeoutMs: Number(properties['default.api.timeout.ms']) || 60_000,
        backoffMs,
      },
      signal,
    )
    const consumer = await kafka.consumer(properties)
    if (signal.aborted) await consumer.close()
    signal.throwIfAborted()
    const all = Array.from({ length: partitions }, (_, partition) => ({ topic: topic.topic, partition }))
    this.#reader = new LogReader({
      topic: topic.topic,
      property: topic.property,
      partitions,
      consumer,
      endOffsets: () => admin.endOffsets(all),
      onRecord,
      backoffMs,
      log,
    })
    await this.#reader.readToEnd(signal)
    log.info(`Started KafkaBasedLog for topic ${topic.topic}`)
  }

  async #close(): Promise<void> {
    this.#closing.abort(new ConnectException(`The log of topic ${this.#options.topic.topic} is closed`))
    // What was being started has stopped at the next step; why is told to whoever started it.
    await this.#starting?.catch(() => {})
    await this.#writer.close(CLOSE_TIMEOUT_MS)
    await this.#reader?.close()
    if (this.#options.ownAdmin) {
      const admin = await this.#admin?.catch(() => null) // Told by `start`.
      await admin?.close()
    }
    if (this.#reader) log.info(`Stopped KafkaBasedLog for topic ${this.#options.topic.topic}`)
  }

  #mustBeStarted(): LogReader {
    if (this.#reader) return this.#reader
    throw new ConnectException(`The log of topic ${this.#options.topic.topic} has not been started`)
  }
}

import { ConnectException } from '../data/errors.ts'
import { PackedBatch } from '../kafka/packed-batch.ts'
import { type DeliveryRun, KafkaError, type Producer } from '../kafka/port.ts'
import type { LogEntry } from './topic-log.ts'

/** Where records went: the offset behind the last one, by partition. */
export type Written = ReadonlyMap<number, number>

/** Records of one `append`, until all of them have their outcome. */
interface Pending {
  /** Sequences `first … end - 1` of the producer. */
  first: number
  end: number
  left: number
  written: Map<number, number>
  error: KafkaError | null
  resolve(written: Written): void
  reject(error: unknown): void
}

interface Opened {
  producer: Producer
  pending: Pending[]
}

/**
 * The writing end of a topic. The producer is opened for the first record: many a worker never writes an offset. One
 * that has died is replaced by the next write.
 */
export class LogWriter {
  readonly #topic: string
  readonly #property: string
  readonly #open: () => Promise<Producer>
  readonly #batch = new PackedBatch(16, 4096)
  #opened: Promise<Opened> | null = null
  /** Writes go to the producer one after the other: one that waits for room keeps its place. */
  #queue: Promise<void> = Promise.resolve()
  readonly #unsettled = new Set<Promise<unknown>>()
  #closed = false

  /** `property` is where the topic's name comes from, for errors. */
  constructor(topic: string, property: string, open: () => Promise<Producer>) {
    this.#topic = topic
    this.#property = property
    this.#open = open
  }

  /** Resolves when all are acknowledged; rejects with the first error when all have their outcome. */
  append(entries: readonly LogEntry[]): Promise<Written> {
    if (this.#closed) return Promise.reject(this.#closedError())
    if (entries.length === 0) return Promise.resolve(new Map())
    const { promise, resolve, reject } = Promise.withResolvers<Written>()
    this.#unsettled.add(promise)
    const settled = () => this.#unsettled.delete(promise)
    promise.then(settled, settled)
    this.#queue = this.#queue.then(() => this.#send(entries, resolve, reject)).catch(reject)
    return promise
  }

  /** Resolves when what was appended has its outcome, or after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, timeoutMs)
    await Promise.race([Promise.allSettled([...this.#unsettled]), late])
    clearTimeout(timer)
  }

  /** Waits for outstanding records at most `timeoutMs`; the rest is rejected. Safe to call twice. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const opened = await this.#opened?.catch(() => null) // Who waited for it has been told.
    await opened?.producer.close(timeoutMs)
    for (const one of opened?.pending.splice(0) ?? []) one.reject(this.#closedError())
  }

  async #send(
    entries: readonly LogEntry[],
    resolve: (written: Written) => void,
    reject: (error: unknown) => void,
  ): Promise<void> {
    if (this.#closed) throw this.#closedError()
    const opened = await this.#producer()
    const { producer } = opened
    const batch = this.#batch
    batch.clear()
    for (const { key, value } of entries) {
      batch.begin(batch.topicNumber(this.#topic), -1, -1)
      put(batch, key)
      batch.endKey()
      put(batch, value)
      batch.endValue()
      batch.commit()
    }
    const first = producer.nextSequence
    const end = first + batch.count
    opened.pending.push({
      first,
      end,
      left: batch.count,
      written: new Map(),
      error: null,
      resolve,
      reject,
    })
    for (let sent = 0; sent < batch.count; ) {
      sent += producer.send(batch, sent)
      if (sent < batch.count) await producer.room()
    }
  }

  async #producer(): Promise<Opened> {
    this.#opened ??= this.#openNew()
    const opening = this.#opened
    try {
      return await opening
    } catch (error) {
      if (this.#opened === opening) this.#opened = null
      throw error
    }
  }

  async #openNew(): Promise<Opened> {
    const producer = await this.#open()
    const opened: Opened = { producer, pending: [] }
    producer.onDelivery = runs => {
      for (const run of runs) this.#delivered(opened, run)
    }
    producer.onFatal = error => {
      this.#opened = null
      for (const one of opened.pending.splice(0)) one.reject(error)
      void producer.close(0)
    }
    return opened
  }

  #delivered(opened: Opened, run: DeliveryRun): void {
    const { first, count, partition, baseOffset, error } = run
    for (const one of opened.pending) {
      const from = Math.max(first, one.first)
      const to = Math.min(first + count, one.end)
      if (from >= to) continue
      one.left -= to - from
      if (error) one.error ??= this.#explained(error)
      else one.written.set(partition, Math.max(one.written.get(partition) ?? 0, baseOffset + to - first))
    }
    opened.pending = opened.pending.filter(one => {
      if (one.left > 0) return true
      if (one.error) one.reject(one.error)
      else one.resolve(one.written)
      return false
    })
  }

  #explained(error: KafkaError): KafkaError {
    const advice = ADVICE[error.code]?.(this.#topic, this.#property)
    const text = `Writing to topic ${this.#topic}: ${error.reason}${advice ? `. ${advice}` : ''}`
    const { code, javaClass, retriable, fatal, reason } = error
    return new KafkaError(code, text, { javaClass, retriable, fatal, reason, cause: error })
  }

  #closedError(): ConnectException {
    return new ConnectException(`The log of topic ${this.#topic} is closed: nothing is written any more`)
  }
}

const missing = (topic: string, property: string) =>
  `The topic does not exist. Was it deleted? Restart the worker, which makes ${topic} anew (${property}), or make it by hand with cleanup.policy=compact; what only it held is lost`

/** What to do about errors that do not pass by themselves. */
const ADVICE: Readonly<Record<string, (topic: string, property: string) => string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: missing,
  UNKNOWN_TOPIC: missing,
  TOPIC_AUTHORIZATION_FAILED: topic => `Allow the worker's principal to WRITE to topic ${topic}`,
  MESSAGE_TOO_LARGE: topic =>
    `Raise max.request.size of the worker and max.message.bytes of topic ${topic}, or make the configuration smaller`,
  NOT_ENOUGH_REPLICAS: topic =>
    `Topic ${topic} has fewer replicas in sync than its min.insync.replicas: bring back the missing brokers`,
}

function put(batch: PackedBatch, part: string | Uint8Array | null): void {
  if (part === null) batch.putNull()
  else if (typeof part === 'string') batch.putUtf8(part)
  else batch.putBytes(part)
}

import { ConnectException, causes, javaTrace } from '../data/errors.ts'
import { PackedBatch } from '../kafka/packed-batch.ts'
import { type Consumer, KafkaError, type TopicPartitionOffset } from '../kafka/port.ts'
import type { Logger } from '../observe/log.ts'
import { pause } from '../waiting/deadline.ts'
import { untilAborted } from '../waiting/until-aborted.ts'
import type { LogRecord } from './topic-log.ts'

export interface LogReaderOptions {
  topic: string
  /** Where the topic's name comes from, for errors. */
  property: string
  partitions: number
  consumer: Consumer
  /** End offsets as leaders have them, records of open transactions included. */
  endOffsets(): Promise<TopicPartitionOffset[]>
  onRecord(record: LogRecord): void
  /** retry.backoff.ms */
  backoffMs: number
  log: Logger
}

/** What one poll may bring; the event loop gets its turn after each. */
const POLL = { maxRecords: 500, maxBytes: 1 << 20, timeoutMs: 300_000 }
const LONGEST_BACKOFF_MS = 1000
/** A topic that brokers do not know for so long will not come by itself: a broker that starts forgets for less. */
const MISSING_MS = 10_000
const TELL_EVERY_MS = 30_000
const MISSING = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'UNKNOWN_TOPIC'])
/** Partitions are taken by hand, so that what a group may not do does not matter. */
const OF_GROUPS = new Set(['GROUP_AUTHORIZATION_FAILED'])

interface Waiter {
  ends: readonly number[]
  resolve(): void
  reject(error: unknown): void
}

/**
 * The reading end of a topic: tells every record from the first on, partition by partition in order, and knows when
 * it has told all. Java: KafkaBasedLog's work thread
 */
export class LogReader {
  readonly #options: LogReaderOptions
  /** By partition: every record before it has been told. */
  readonly #next: number[]
  readonly #waiters = new Set<Waiter>()
  readonly #closing = new AbortController()
  readonly #reading: Promise<void>
  #asking: Promise<number[]> | null = null
  #askingNext: Promise<number[]> | null = null
  #told = Number.NEGATIVE_INFINITY

  constructor(options: LogReaderOptions) {
    this.#options = options
    const { topic, partitions, consumer } = options
    this.#next = new Array(partitions).fill(0)
    // The position in a partition that ends in a commit marker or an aborted transaction never reaches its end: that
    // the end was reached is an event.
    consumer.onEnd = ({ partition }, end) => {
      this.#next[partition] = Math.max(this.#next[partition]!, end)
      this.#progress()
    }
    // From 0, which is where the log begins or before it: asking where would cost a request a partition.
    consumer.assign(this.#next.map((offset, partition) => ({ topic, partition, offset })))
    this.#reading = this.#read()
  }

  /** Resolves when all records that the topic has by now have been told. */
  async readToEnd(signal?: AbortSignal): Promise<void> {
    const ends = await untilAborted(this.#ends(), signal)
    await this.#reach(ends, signal)
  }

  /** By partition: every record before it has been told. */
  positions(): number[] {
    return [...this.#next]
  }

  /**
   * As readToEnd, for what was written to these partitions before these offsets; `before` are the positions when that
   * began.
   */
  async readTo(
    written: ReadonlyMap<number, number>,
    before: readonly number[],
    signal?: AbortSignal,
  ): Promise<void> {
    for (const [partition, end] of written)
      if (end <= before[partition]!) throw this.#anew(partition, end, before[partition]!)
    await this.#reach(
      this.#next.map((_, partition) => written.get(partition) ?? 0),
      signal,
    )
  }

  /** Rejects who waits. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#fail(this.#closed())
    this.#options.consumer.wakeup()
    await this.#reading
    await this.#options.consumer.close()
  }

  async #reach(ends: readonly number[], signal?: AbortSignal): Promise<void> {
    if (this.#closing.signal.aborted) throw this.#closed()
    if (this.#isTold(ends)) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter: Waiter = { ends, resolve, reject }
    this.#waiters.add(waiter)
    try {
      await untilAborted(promise, signal)
    } finally {
      this.#waiters.delete(waiter)
    }
  }

  /** Asked after the call: callers share a question that is not on its way yet. */
  #ends(): Promise<number[]> {
    this.#askingNext ??= this.#askAfter(this.#asking)
    return this.#askingNext
  }

  async #askAfter(before: Promise<number[]> | null): Promise<number[]> {
    await before?.catch(() => {}) // Told to those who asked.
    this.#asking = this.#askingNext
    this.#askingNext = null
    return await this.#ask()
  }

  async #ask(): Promise<number[]> {
    const { endOffsets, partitions, backoffMs } = this.#options
    let missingSince: number | null = null
    for (let wait = backoffMs; ; wait = Math.min(wait * 2, LONGEST_BACKOFF_MS)) {
      if (this.#closing.signal.aborted) throw this.#closed()
      const asked = performance.now()
      // What comes while the question is on its way may be beyond the answer.
      const before = this.positions()
      try {
        const ends = new Map((await endOffsets()).map(end => [end.partition, end.offset]))
        if (ends.size === partitions)
          return this.#checked(
            before.map((_, i) => ends.get(i)!),
            before,
          )
        this.#tell(`Not all partitions of topic ${this.#options.topic} have a leader; trying again`)
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        const missing = MISSING.has(error.code)
        if (missing) missingSince ??= asked
        else missingSince = null
        if (missingSince !== null && performance.now() - missingSince >= MISSING_MS) throw this.#gone(error)
        if (!missing && !error.retriable) throw this.#unreadable(error)
        this.#tell(
          `Cannot find out where topic ${this.#options.topic} ends: ${causes(error)}; trying again until it works`,
        )
      }
      await pause(wait, this.#closing.signal)
    }
  }

  #checked(ends: number[], before: readonly number[]): number[] {
    const at = ends.findIndex((end, partition) => end < before[partition]!)
    if (at < 0) return ends
    throw this.#anew(at, ends[at]!, before[at]!)
  }

  #anew(partition: number, end: number, read: number): ConnectException {
    const { topic, property } = this.#options
    return new ConnectException(
      `Topic ${topic} ends at offset ${end} of partition ${partition}, though ${read} had been read: it was ` +
        'deleted and created anew while this worker was running',
      { hint: `Restart the worker, so that it reads the topic of ${property} that is there now.` },
    )
  }

  async #read(): Promise<void> {
    const { consumer, topic, log } = this.#options
    const batch = new PackedBatch(64, 16 * 1024)
    while (!this.#closing.signal.aborted) {
      try {
        const count = await consumer.poll(batch, POLL)
        for (let i = 0; i < count; i++) this.#record(batch, i)
        if (count > 0) this.#progress()
        // A poll that finds records waiting does not let anybody else run.
        if (count > 0) await new Promise<void>(resolve => setImmediate(resolve))
      } catch (error) {
        if (this.#closing.signal.aborted) return
        if (error instanceof KafkaError && OF_GROUPS.has(error.code)) {
          log.debug(error.message)
          continue
        }
        const failure = error instanceof KafkaError ? this.#unreadable(error) : error
        this.#tell(`Reading topic ${topic} failed: ${causes(error)}; trying again`)
        this.#fail(failure)
        await pause(LONGEST_BACKOFF_MS, this.#closing.signal)
      }
    }
  }

  #record(batch: PackedBatch, i: number): void {
    const { onRecord, log, topic } = this.#options
    const partition = batch.partition(i)
    const offset = batch.offset(i)
    const key = batch.key(i)
    const value = batch.value(i)
    try {
      onRecord({
        partition,
        offset,
        timestamp: batch.timestamp(i),
        key: key && Buffer.from(key),
        value: value && Buffer.from(value),
      })
    } catch (error) {
      log.error(
        `The record at offset ${offset} of ${topic}-${partition} was left out: ${causes(error)}`,
        javaTrace(error),
      )
    }
    // Not the larger one: a topic that was created anew starts again.
    this.#next[partition] = offset + 1
  }

  #progress(): void {
    for (const waiter of this.#waiters) if (this.#isTold(waiter.ends)) waiter.resolve()
  }

  #isTold(ends: readonly number[]): boolean {
    return ends.every((end, partition) => end <= this.#next[partition]!)
  }

  #fail(error: unknown): void {
    for (const waiter of this.#waiters) waiter.reject(error)
    this.#waiters.clear()
  }

  #tell(text: string): void {
    if (this.#closing.signal.aborted || performance.now() - this.#told < TELL_EVERY_MS) return
    this.#told = performance.now()
    this.#options.log.warn(text)
  }

  #gone(cause: KafkaError): ConnectException {
    const { topic, property } = this.#options
    return new ConnectException(`Topic ${topic} does not exist any more`, {
      cause,
      hint: `Somebody has deleted it, and what only it held is lost. Restart the worker: it makes the topic of ${property} anew.`,
    })
  }

  #unreadable(cause: KafkaError): ConnectException {
    const { topic } = this.#options
    return new ConnectException(`Topic ${topic} cannot be read: ${cause.message}`, {
      cause,
      hint: `Allow the worker's principal to READ and DESCRIBE topic ${topic}, or see to what the broker says.`,
    })
  }

  #closed(): ConnectException {
    return new ConnectException(`The log of topic ${this.#options.topic} is closed`)
  }
}

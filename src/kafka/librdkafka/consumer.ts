import type { Logger } from '../../observe/log.ts'
import { within } from '../../waiting/deadline.ts'
import type { PackedBatch } from '../packed-batch.ts'
import {
  type Consumer,
  KafkaError,
  type RebalanceListener,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../port.ts'
import type { PackedConsumer, Settings } from './addon.ts'
import { Assignment } from './assignment.ts'
import { ConsumerErrors, commitFailed, throwFirst } from './consumer-errors.ts'
import { dropPartitions } from './drop-partitions.ts'
import { kafkaError } from './errors.ts'
import { type ClientEvent, nativePartitions, partitionKey } from './events.ts'
import { Fetch } from './fetch.ts'
import { Handle } from './handle.ts'
import { PatternSubscription } from './pattern-subscription.ts'

export interface ConsumerLimits {
  /** How often the topics of a pattern are looked up. Java: metadata.max.age.ms */
  metadataMaxAgeMs: number
  /** A pending `poll` counts as polling; it tells librdkafka so at least this often. */
  maxPollIntervalMs: number
  /** How long `close` may take, the listener's part included; 30 s, as in Java. */
  closeTimeoutMs?: number
}

/** As Java's close(): 30 seconds for leaving the group. */
const CLOSE_TIMEOUT_MS = 30_000
/** What of it a listener that does not come back leaves for leaving the group. */
const LEAVING = 1 / 6
const NO_OFFSET = -168

/** A consumer on one native client. Java: org.apache.kafka.clients.consumer.KafkaConsumer */
export class LibrdkafkaConsumer implements Consumer {
  onEnd: ((partition: TopicPartition, endOffset: number) => void) | null = null

  readonly #handle: Handle<PackedConsumer>
  readonly #limits: ConsumerLimits
  readonly #log: Logger
  readonly #fetch: Fetch
  readonly #assignment: Assignment
  readonly #errors: ConsumerErrors
  #pattern: PatternSubscription | null = null
  #ends: { partition: TopicPartition; offset: number }[] = []
  #failure: Error | null = null
  #awake: (() => void) | null = null
  #woken = false
  #polling: Promise<void> | null = null
  /** What the pending poll has read but not given yet, while a rebalance is served. */
  #read: PackedBatch | null = null
  #closed: Promise<void> | null = null
  /** Until then the listener may commit and ask for positions while the group is being left. */
  #left = false

  private constructor(handle: Handle<PackedConsumer>, limits: ConsumerLimits, log: Logger) {
    this.#handle = handle
    this.#limits = limits
    this.#log = log
    this.#fetch = new Fetch(handle.packed)
    this.#assignment = new Assignment(handle, log)
    this.#errors = new ConsumerErrors(log)
    handle.onWake = () => this.#awake?.()
    handle.onEvent = event => this.#event(event)
  }

  static async open(settings: Settings, limits: ConsumerLimits, log: Logger): Promise<LibrdkafkaConsumer> {
    return new LibrdkafkaConsumer(await Handle.open<PackedConsumer>('consumer', settings, log), limits, log)
  }

  subscribe(topics: string[] | { pattern: RegExp }, listener: RebalanceListener): void {
    this.#mustBeOpen()
    this.#assignment.listener = listener
    this.#pattern?.stop()
    this.#pattern = null
    if (Array.isArray(topics)) {
      this.#subscribe(topics)
    } else {
      this.#pattern = new PatternSubscription(
        topics.pattern,
        this.#limits.metadataMaxAgeMs,
        () => this.#topics(),
        matching => this.#subscribe(matching),
        this.#log,
      )
    }
  }

  assign(partitions: TopicPartitionOffset[]): void {
    this.#mustBeOpen()
    this.#ends = []
    this.#assignment.set(partitions)
  }

  assignment(): TopicPartition[] {
    return this.#assignment.partitions()
  }

  async poll(
    batch: PackedBatch,
    limits: { maxRecords: number; maxBytes: number; timeoutMs: number },
  ): Promise<number> {
    this.#mustBeOpen()
    if (this.#polling)
      throw illegalState('KafkaConsumer is not safe for concurrent access: a poll is pending')
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#polling = promise
    try {
      return await this.#poll(batch, limits)
    } finally {
      this.#polling = null
      resolve()
    }
  }

  async #poll(
    batch: PackedBatch,
    limits: { maxRecords: number; maxBytes: number; timeoutMs: number },
  ): Promise<number> {
    batch.clear()
    const deadline = performance.now() + limits.timeoutMs
    let reported = false
    for (;;) {
      // Armed before fetching, so that nothing can arrive unnoticed in between.
      const awake = this.#nextWake()
      this.#fetch.fill(batch, limits.maxRecords, limits.maxBytes)
      this.#handle.serveEvents()
      if (this.#assignment.pending()) {
        reported = true
        this.#read = batch
        this.#failure ??= await this.#assignment.rebalance(revoked => this.#forget(batch, revoked))
        this.#read = null
        // Closed without waiting longer for the listener: whoever waits for this poll is told nothing any more.
        if (this.#left) {
          batch.clear()
          return 0
        }
      }
      if (batch.count > 0) return batch.count
      if (this.#failure) {
        const failure = this.#failure
        this.#failure = null
        throw failure
      }
      const refused = this.#assignment.failure()
      if (refused) throw refused
      if (this.#ends.length > 0) {
        this.#reportEnds()
        reported = true
      }
      const left = deadline - performance.now()
      if (reported || this.#woken || this.#closed || left <= 0) {
        this.#woken = false
        return 0
      }
      await this.#wait(awake, Math.min(left, this.#limits.maxPollIntervalMs / 3))
    }
  }

  wakeup(): void {
    this.#woken = true
    this.#awake?.()
  }

  position(partition: TopicPartition): number | null {
    this.#mustNotHaveLeft()
    return this.#assignment.position(partition)
  }

  seek(position: TopicPartitionOffset): void {
    this.#mustNotHaveLeft()
    this.#forgetEnds([position])
    this.#assignment.seek(position)
    if (this.#read) dropPartitions(this.#read, [position])
  }

  pause(partitions: TopicPartition[]): void {
    this.#mustNotHaveLeft()
    this.#handle.packed.pause(nativePartitions(partitions), true)
    if (this.#read === null) return
    const dropped = dropPartitions(this.#read, partitions)
    for (const { topic, partition } of partitions) {
      const offset = dropped.get(partitionKey({ topic, partition }))
      if (offset !== undefined) this.seek({ topic, partition, offset })
    }
  }

  resume(partitions: TopicPartition[]): void {
    this.#mustNotHaveLeft()
    this.#handle.packed.pause(nativePartitions(partitions), false)
  }

  async commit(offsets: TopicPartitionOffset[]): Promise<void> {
    this.#mustNotHaveLeft()
    if (offsets.length === 0) return
    this.#assignment.mustOwn(offsets)
    const what = 'Committing offsets'
    const result = await this.#handle.call(id => this.#handle.packed.commit(id, nativePartitions(offsets)))
    if (result.error.code !== 0 && result.error.code !== NO_OFFSET) {
      throw commitFailed(this.#handle.explain(result.error, what, 0))
    }
    throwFirst(result.partitions, what)
  }

  async committed(partitions: TopicPartition[], timeoutMs: number): Promise<TopicPartitionOffset[]> {
    this.#mustNotHaveLeft()
    if (partitions.length === 0) return []
    const what = 'Fetching committed offsets'
    const packed = this.#handle.packed
    const result = await this.#handle.check(what, id =>
      packed.call(id, 'committed', nativePartitions(partitions), timeoutMs),
    )
    throwFirst(result.partitions, what)
    return result.partitions
      .filter(p => p.offset >= 0)
      .map(({ topic, partition, offset, metadata }) => ({
        topic,
        partition,
        offset,
        ...(metadata ? { metadata } : {}),
      }))
  }

  highWatermark({ topic, partition }: TopicPartition): number | null {
    const high = this.#left ? -1 : this.#handle.highWatermark(topic, partition)
    return high < 0 ? null : high
  }

  async watermarks(partition: TopicPartition, timeoutMs: number): Promise<{ low: number; high: number }> {
    this.#mustNotHaveLeft()
    const packed = this.#handle.packed
    const { low, high } = await this.#handle.check(`Fetching offsets of ${partitionKey(partition)}`, id =>
      packed.call(id, 'watermarks', nativePartitions([partition]), timeoutMs),
    )
    return { low, high }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#pattern?.stop()
    this.#awake?.()
    const packed = this.#handle.packed
    const timeoutMs = this.#limits.closeTimeoutMs ?? CLOSE_TIMEOUT_MS
    const deadline = performance.now() + timeoutMs
    const patience = deadline - timeoutMs * LEAVING
    if (this.#polling) await this.#listenerDone(this.#polling, patience)
    this.#assignment.closing()
    // After a fatal error there is no group to leave any more.
    const left = packed.leave() !== 0
    const nothing = new Uint8Array(0)
    const exchange = new Uint8Array(new Float64Array(6).buffer)
    while (!left && !packed.closed() && performance.now() < deadline) {
      const awake = this.#nextWake()
      packed.consume(nothing, nothing, nothing, withMaxRecords(exchange))
      this.#handle.serveEvents()
      if (this.#assignment.pending()) {
        const rebalance = this.#assignment
          .rebalance(() => {})
          .then(failure => {
            if (failure) this.#log.warn(`Closing the consumer: ${failure.message}`)
          })
        await this.#listenerDone(rebalance, patience)
        continue
      }
      if (!packed.closed()) await this.#wait(awake, deadline - performance.now())
    }
    this.#left = true
    await this.#handle.close(Math.max(1000, deadline - performance.now()))
  }

  /** Waits for a rebalance, but not for ever: a member that hangs would keep its partitions from all others. */
  async #listenerDone(rebalance: Promise<void>, patience: number): Promise<void> {
    const left = Math.max(0, patience - performance.now())
    if (
      await within(
        rebalance.then(() => true),
        left,
        () => false,
      )
    )
      return
    this.#log.warn(
      'Closing the consumer: the rebalance listener has not come back in time; the group is left without waiting for it',
    )
    this.#assignment.abandon()
  }

  async #topics(): Promise<string[]> {
    const packed = this.#handle.packed
    const result = await this.#handle.check('Listing topics', id => packed.call(id, 'topics', [], 30_000))
    return result.partitions.map(p => p.topic)
  }

  #subscribe(topics: string[]): void {
    const list = topics.flatMap(topic => [topic, -1, 0, null])
    const code = this.#handle.packed.subscribe(list)
    if (code !== 0) throw kafkaError({ code }, `Subscribing to ${topics.join(', ')}`)
    this.#assignment.subscribed = true
  }

  #nextWake(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#awake = resolve
    return promise
  }

  async #wait(awake: Promise<void>, timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.#awake?.(), Math.max(1, timeoutMs))
    await awake
    clearTimeout(timer)
  }

  #event(event: ClientEvent): void {
    if (event.kind === 'rebalance') {
      this.#assignment.announce(event)
    } else if (event.kind === 'end') {
      this.#ends.push({ partition: event.partition, offset: event.offset })
    } else if (event.kind === 'error') {
      const failure = this.#errors.ofClient(event.error)
      this.#failure ??= failure
    } else if (event.kind === 'consumerError') {
      const failure = this.#errors.ofConsuming(event)
      this.#failure ??= failure
    }
  }

  #reportEnds(): void {
    const ends = this.#ends
    this.#ends = []
    for (const { partition, offset } of ends) this.onEnd?.(partition, offset)
  }

  #forget(batch: PackedBatch, partitions: readonly TopicPartition[]): void {
    this.#assignment.dropFrom(batch, partitions)
    this.#forgetEnds(partitions)
  }

  #forgetEnds(partitions: readonly TopicPartition[]): void {
    if (this.#ends.length === 0) return
    const gone = new Set(partitions.map(partitionKey))
    this.#ends = this.#ends.filter(end => !gone.has(partitionKey(end.partition)))
  }

  #mustBeOpen(): void {
    if (this.#closed) throw illegalState('This consumer has already been closed.')
  }

  #mustNotHaveLeft(): void {
    if (this.#left) this.#mustBeOpen()
  }
}

function withMaxRecords(exchange: Uint8Array): Uint8Array {
  // What is still fetched while closing is thrown away by the native side; only callbacks matter.
  new Float64Array(exchange.buffer).set([0, 0, 1000, 0])
  return exchange
}

function illegalState(message: string): KafkaError {
  return new KafkaError('ILLEGAL_STATE', message, { javaClass: 'java.lang.IllegalStateException' })
}

import { ConfigException } from '../../data/errors.ts'
import type { PackedBatch } from '../packed-batch.ts'
import type {
  ClientProperties,
  Consumer,
  KafkaError,
  RebalanceListener,
  TopicPartition,
  TopicPartitionOffset,
} from '../port.ts'
import { kafkaError } from './errors.ts'
import { Fetcher, type OffsetReset } from './fetcher.ts'
import type { Groups } from './groups.ts'
import type { Log } from './log.ts'
import { Membership } from './membership.ts'
import type { GroupOffsets } from './offsets.ts'
import { flag, integer } from './options.ts'
import { Subscription } from './subscription.ts'
import type { Topics } from './topics.ts'

export interface ConsumerParts {
  topics: Topics
  log: Log
  groups: Groups
  offsets: GroupOffsets
  /** Number of the consumer in its client, for its member id. */
  number: number
  /** Takes the consumer off the client's list. */
  closed(consumer: EmbeddedConsumer): void
}

/** So long a consumer that always has records may keep the event loop to itself, in ms. */
const TURN_MS = 5

/** Reads the embedded log. A waiting poll is woken by what makes a record visible: nothing polls. */
export class EmbeddedConsumer implements Consumer {
  onEnd: ((partition: TopicPartition, endOffset: number) => void) | null = null
  readonly #parts: ConsumerParts
  readonly #fetcher: Fetcher
  readonly #groupId: string | null
  readonly #autoCreate: boolean
  /** Its member id in a group. */
  readonly id: string
  readonly #maxPollIntervalMs: number
  readonly #reset: OffsetReset
  #membership: Membership | null = null
  #lastPoll = performance.now()
  #lastTurn = performance.now()
  #polling: Promise<number> | null = null
  #unpark: (() => void) | null = null
  #wakeup = false
  #closing: Promise<void> | null = null
  #closed = false

  /** Throws ConfigException for unusable properties. */
  constructor(properties: ClientProperties, parts: ConsumerParts) {
    this.#parts = parts
    const reset = properties['auto.offset.reset']?.trim().toLowerCase() ?? 'latest'
    if (reset !== 'earliest' && reset !== 'latest' && reset !== 'none') {
      throw new ConfigException(
        `Invalid value ${reset} for configuration auto.offset.reset: the embedded log knows earliest, latest and none`,
      )
    }
    this.#reset = reset
    this.#maxPollIntervalMs = integer(properties, 'max.poll.interval.ms', 300_000, 1)
    this.#autoCreate = flag(properties, 'allow.auto.create.topics', true)
    this.#groupId = properties['group.id'] ?? null
    const client = properties['client.id'] || `consumer-${this.#groupId ?? 'none'}`
    this.id = `${client}-${String(parts.number).padStart(9, '0')}`
    this.#fetcher = new Fetcher({
      topics: parts.topics,
      log: parts.log,
      reset,
      committed: partition =>
        this.#groupId === null ? null : (parts.offsets.get(this.#groupId, partition)?.offset ?? null),
      wake: () => this.#unpark?.(),
    })
  }

  subscribe(topics: string[] | { pattern: RegExp }, listener: RebalanceListener): void {
    this.#checkOpen()
    const groupId = this.#requiredGroup('subscribe')
    const subscription = new Subscription(topics)
    if (this.#autoCreate) {
      for (const topic of subscription.missing(this.#parts.topics)) this.#parts.topics.create(topic)
    }
    if (this.#membership) {
      this.#membership.change(subscription, listener)
      return
    }
    this.#fetcher.assign([])
    const parts = {
      id: this.id,
      groupId,
      maxPollIntervalMs: this.#maxPollIntervalMs,
      needsUnread: this.#reset !== 'latest',
      topics: this.#parts.topics,
      groups: this.#parts.groups,
      fetcher: this.#fetcher,
      lastPoll: () => (this.#unpark ? performance.now() : this.#lastPoll),
      wake: () => this.#unpark?.(),
    }
    this.#membership = new Membership(parts, subscription, listener)
  }

  assign(partitions: TopicPartitionOffset[]): void {
    this.#checkOpen()
    this.#membership?.leave()
    this.#membership = null
    this.#fetcher.assign(partitions)
  }

  assignment(): TopicPartition[] {
    return this.#fetcher.assignment()
  }

  poll(
    batch: PackedBatch,
    limits: { maxRecords: number; maxBytes: number; timeoutMs: number },
  ): Promise<number> {
    if (this.#closing) return Promise.reject(closed())
    if (this.#polling) {
      return Promise.reject(
        kafkaError('ILLEGAL_STATE', 'The consumer is polled already: one poll at a time.'),
      )
    }
    batch.clear()
    this.#lastPoll = performance.now()
    const polling = this.#poll(batch, limits).finally(() => {
      this.#lastPoll = performance.now()
      this.#polling = null
    })
    this.#polling = polling
    return polling
  }

  async #poll(
    batch: PackedBatch,
    { maxRecords, maxBytes, timeoutMs }: { maxRecords: number; maxBytes: number; timeoutMs: number },
  ): Promise<number> {
    const start = performance.now()
    if (start - this.#lastTurn > TURN_MS) {
      await new Promise(resolve => setImmediate(resolve))
      this.#lastTurn = performance.now()
    }
    const deadline = start + timeoutMs
    for (;;) {
      if (this.#wakeup || this.#closing) {
        this.#wakeup = false
        return 0
      }
      if (await this.#membership?.step()) return 0
      try {
        this.#fetcher.fill(batch, maxRecords, maxBytes)
      } catch (error) {
        // What was read before comes first; the next poll meets the error again.
        if (batch.count === 0) throw error
      }
      if (batch.count > 0) return batch.count
      if (this.onEnd && this.#fetcher.tellEnds(this.onEnd) > 0) return 0
      const left = deadline - performance.now()
      if (left <= 0) return 0
      await this.#park(left)
      this.#lastTurn = performance.now()
    }
  }

  #park(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(() => this.#unpark?.(), Math.min(ms, 0x7fffffff))
      this.#unpark = () => {
        this.#unpark = null
        clearTimeout(timer)
        resolve()
      }
    })
  }

  wakeup(): void {
    this.#wakeup = true
    this.#unpark?.()
  }

  position(partition: TopicPartition): number | null {
    return this.#fetcher.position(partition)
  }
  seek(position: TopicPartitionOffset): void {
    this.#fetcher.seek(position)
    this.#unpark?.()
  }
  pause(partitions: TopicPartition[]): void {
    this.#fetcher.pause(partitions, true)
  }
  resume(partitions: TopicPartition[]): void {
    this.#fetcher.pause(partitions, false)
    this.#unpark?.()
  }

  async commit(offsets: TopicPartitionOffset[]): Promise<void> {
    this.#checkOpen()
    const group = this.#requiredGroup('commit')
    if (this.#membership?.phase === 'expelled') {
      throw kafkaError(
        'UNKNOWN_MEMBER_ID',
        'Offset commit cannot be completed since the consumer is not part of an active group: the time between ' +
          'polls was longer than max.poll.interval.ms. Raise it, or process fewer records a poll.',
      )
    }
    for (const { topic, partition, offset } of offsets) {
      if (!(Number.isSafeInteger(offset) && offset >= 0)) {
        throw kafkaError('ILLEGAL_STATE', `Invalid offset ${offset} for ${topic}-${partition}`)
      }
    }
    if (offsets.length > 0) await this.#parts.offsets.commit(group, offsets)
  }

  async committed(partitions: TopicPartition[], _timeoutMs: number): Promise<TopicPartitionOffset[]> {
    const group = this.#requiredGroup('read committed offsets')
    return partitions
      .map(partition => this.#parts.offsets.get(group, partition))
      .filter(found => found !== null)
  }

  highWatermark({ topic, partition }: TopicPartition): number | null {
    return this.#parts.topics.partition(topic, partition)?.visible ?? null
  }

  async watermarks(
    { topic, partition }: TopicPartition,
    _timeoutMs: number,
  ): Promise<{ low: number; high: number }> {
    const found = this.#parts.topics.partition(topic, partition)
    if (!found) {
      throw kafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Partition ${topic}-${partition} does not exist.`)
    }
    return { low: found.start, high: found.visible }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // Not before `#closing` is set: the pending poll looks at it.
    await null
    this.#unpark?.()
    // Its error went to whoever polls.
    await this.#polling?.catch(() => 0)
    try {
      await this.#membership?.close()
    } finally {
      this.#closed = true
      this.#fetcher.close()
      this.#parts.closed(this)
    }
  }

  #requiredGroup(what: string): string {
    if (this.#groupId) return this.#groupId
    throw kafkaError('INVALID_GROUP_ID', `To ${what} a consumer needs the property group.id.`)
  }

  #checkOpen(): void {
    // While closing, the listener still commits.
    if (this.#closed) throw closed()
  }
}

function closed(): KafkaError {
  return kafkaError('ILLEGAL_STATE', 'This consumer has already been closed.')
}

/**
 * What bunnect needs of Kafka, in batches. Two implementations: librdkafka/ for a real cluster, embedded/ for
 * the log in bun:sqlite. Knows nothing of Connect.
 */
import type { PackedBatch } from './packed-batch.ts'

/** Java client properties as the user wrote them (`linger.ms`, `ssl.keystore.location` …), already layered. */
export type ClientProperties = Readonly<Record<string, string>>

export interface TopicPartition {
  topic: string
  partition: number
}

export interface TopicPartitionOffset extends TopicPartition {
  /** The next offset to consume. */
  offset: number
  metadata?: string
}

/** An error from the client or the broker. `code` is the protocol's name, such as `MESSAGE_TOO_LARGE`. */
export class KafkaError extends Error {
  readonly code: string
  /** Java's class for it, such as `org.apache.kafka.common.errors.RecordTooLargeException`. */
  readonly javaClass: string
  readonly retriable: boolean
  /** The client is dead and must be made anew (fenced, sequence broken). */
  readonly fatal: boolean
  /** What the broker itself said, without what it was asked: the message of Java's exception. */
  readonly reason: string

  constructor(
    code: string,
    message: string,
    options: {
      javaClass?: string
      retriable?: boolean
      fatal?: boolean
      reason?: string
      cause?: unknown
    } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'KafkaError'
    this.code = code
    this.javaClass = options.javaClass ?? 'org.apache.kafka.common.KafkaException'
    this.retriable = options.retriable ?? false
    this.fatal = options.fatal ?? false
    this.reason = options.reason ?? message
  }
}

/**
 * Outcome of sequences `first … first + count - 1`. They went to consecutive offsets of one partition, from
 * `baseOffset` (-1 where the broker does not tell), or all failed with `error`.
 */
export interface DeliveryRun {
  first: number
  count: number
  partition: number
  baseOffset: number
  error: KafkaError | null
}

/** A record of a batch, by its index, that the client does not send. */
export interface Refusal {
  index: number
  error: KafkaError
}

export interface Producer {
  /** The sequence number that the next record will get; the first of a producer is 0. */
  readonly nextSequence: number
  /** Records accepted whose outcome `onDelivery` has not yet been told. */
  readonly inFlight: number

  /**
   * Hands over records `from … batch.count - 1` in order and copies them, so the batch may be reused at once.
   * Returns how many were taken (fewer when the buffer is full: await `room`, go on from there). A record
   * that the client refuses (too large) is taken and reported by `onDelivery`.
   */
  send(batch: PackedBatch, from?: number): number
  /** The first record from `from` on that `send` would refuse whatever the broker says; null when there is none. */
  refusal(batch: PackedBatch, from: number): Refusal | null
  /** Resolves when `send` can take records again; rejects when the signal fires or the client has died. */
  room(signal?: AbortSignal): Promise<void>
  /** Called with every outcome, in no promised order, never from inside `send`. */
  onDelivery: (runs: readonly DeliveryRun[]) => void
  /** Called once if the client has died. */
  onFatal: (error: KafkaError) => void
  /** Resolves true when everything sent so far has its outcome, false at the deadline. */
  flush(timeoutMs: number): Promise<boolean>

  initTransactions(timeoutMs: number): Promise<void>
  beginTransaction(): Promise<void>
  commitTransaction(timeoutMs: number): Promise<void>
  abortTransaction(timeoutMs: number): Promise<void>

  /** Waits for outstanding records at most `timeoutMs`, then drops them. Safe to call twice. */
  close(timeoutMs: number): Promise<void>
}

/** What a group consumer tells its owner; each is awaited before the rebalance goes on. */
export interface RebalanceListener {
  assigned(partitions: TopicPartition[]): Promise<void> | void
  revoked(partitions: TopicPartition[]): Promise<void> | void
  /** The partitions belong to somebody else already: nothing can be committed. */
  lost(partitions: TopicPartition[]): Promise<void> | void
}

export interface Consumer {
  /** Joins the group of `group.id`. Listener calls happen while a `poll` is pending. */
  subscribe(topics: string[] | { pattern: RegExp }, listener: RebalanceListener): void
  /** Takes partitions by hand, no group. */
  assign(partitions: TopicPartitionOffset[]): void
  assignment(): TopicPartition[]

  /**
   * Clears the batch and fills it: resolves as soon as there is at least one record, else with 0 after
   * `timeoutMs`, after `wakeup`, or after a rebalance or partition end was reported. Takes at most
   * `maxRecords` records and about `maxBytes` bytes but always at least one record. Never delivers a record
   * fetched before a seek, pause or revoke. Rejects with a KafkaError that is final for this call.
   */
  poll(
    batch: PackedBatch,
    limits: { maxRecords: number; maxBytes: number; timeoutMs: number },
  ): Promise<number>
  /** Makes the pending `poll`, or else the next one, return 0 at once. */
  wakeup(): void
  /** Called from `poll` when the end of a partition is reached, once per reaching. */
  onEnd: ((partition: TopicPartition, endOffset: number) => void) | null

  /** Next offset to be delivered by `poll`, or null if not known yet. */
  position(partition: TopicPartition): number | null
  seek(position: TopicPartitionOffset): void
  pause(partitions: TopicPartition[]): void
  resume(partitions: TopicPartition[]): void

  commit(offsets: TopicPartitionOffset[]): Promise<void>
  /** Committed offsets; partitions without one are absent. */
  committed(partitions: TopicPartition[], timeoutMs: number): Promise<TopicPartitionOffset[]>
  /** Next offset of an assigned partition as the last fetch told, without asking anybody; null when not known. */
  highWatermark(partition: TopicPartition): number | null
  /** First and next offset of a partition as its leader has it, by the isolation level. */
  watermarks(partition: TopicPartition, timeoutMs: number): Promise<{ low: number; high: number }>

  /** Leaves the group (revoked is called for what is assigned). Safe to call twice. */
  close(): Promise<void>
}

export interface TopicSpec {
  topic: string
  /** -1 = the broker's default. */
  partitions: number
  /** -1 = the broker's default. */
  replicationFactor: number
  configs?: Record<string, string>
}

export interface Admin {
  clusterId(): Promise<string | null>
  listTopics(): Promise<string[]>
  /** Partition count by topic; unknown topics are absent. */
  describeTopics(topics: string[]): Promise<Map<string, number>>
  /** One result a topic; an existing topic gives the error TOPIC_ALREADY_EXISTS. */
  createTopics(topics: TopicSpec[]): Promise<Map<string, KafkaError | null>>
  deleteTopics(topics: string[]): Promise<void>
  /** The topic's configs, defaults included. */
  topicConfigs(topic: string): Promise<Map<string, string | null>>
  /** Absolute end offsets, control records included (isolation read_uncommitted). */
  endOffsets(partitions: TopicPartition[]): Promise<TopicPartitionOffset[]>
  groupOffsets(group: string): Promise<TopicPartitionOffset[]>
  alterGroupOffsets(group: string, offsets: TopicPartitionOffset[]): Promise<void>
  deleteGroupOffsets(group: string, partitions: TopicPartition[]): Promise<void>
  deleteGroup(group: string): Promise<void>
  /**
   * Shuts out whoever writes under these `transactional.id`s, and aborts what they have open. `timeoutMs`: until when
   * what fails for a reason that may be gone by then is tried again. Every id is tried; rejects with the first error.
   */
  fenceProducers(transactionalIds: string[], timeoutMs: number): Promise<void>
  close(): Promise<void>
}

/**
 * Opens clients; cheap itself, connects nothing. Unusable properties throw ConfigException. `owner` is whose client
 * it is, as it stands in log lines, such as `local-file-source|task-0`.
 */
export interface KafkaClient {
  producer(properties: ClientProperties, owner?: string): Promise<Producer>
  consumer(properties: ClientProperties, owner?: string): Promise<Consumer>
  admin(properties: ClientProperties, owner?: string): Promise<Admin>
  /** Closes what is shared between clients (the embedded log's database). */
  close(): Promise<void>
}

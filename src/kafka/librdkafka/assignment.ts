import type { Logger } from '../../observe/log.ts'
import type { PackedBatch } from '../packed-batch.ts'
import {
  KafkaError,
  type RebalanceListener,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../port.ts'
import type { PackedConsumer } from './addon.ts'
import { dropPartitions } from './drop-partitions.ts'
import { kafkaError } from './errors.ts'
import { type ClientEvent, nativePartitions, partitionKey } from './events.ts'
import type { Handle } from './handle.ts'

type Rebalance = ClientEvent & { kind: 'rebalance' }

/** librdkafka's marks for "the committed offset, else by auto.offset.reset". */
const STORED = -1000
const COMMITTED_TIMEOUT_MS = 30_000

/**
 * What a consumer owns, and the only one to change it: by hand, or step by step through a rebalance, each step
 * answered to the group only after the listener is through with it.
 */
export class Assignment {
  listener: RebalanceListener | null = null
  /** Partitions come from the group. */
  subscribed = false

  readonly #handle: Handle<PackedConsumer>
  readonly #log: Logger
  readonly #owned = new Map<string, TopicPartition>()
  #announced: Rebalance[] = []
  /** Where the partitions start that are being assigned; a seek by the listener goes here. */
  #starts: Map<string, number> | null = null
  /** Where the records begin that were fetched, but are taken away before a poll has given them. */
  #unread = new Map<string, number>()
  #closing = false
  /** The rebalance that the group waits for an answer to. */
  #serving: Rebalance | null = null
  /** The listener has not come back: the group is answered without it. */
  #abandoned = false
  /** Seeks that librdkafka refused for good, by partition: there is no place to go on from. */
  readonly #refused = new Map<string, KafkaError>()

  constructor(handle: Handle<PackedConsumer>, log: Logger) {
    this.#handle = handle
    this.#log = log
  }

  partitions(): TopicPartition[] {
    return [...this.#owned.values()]
  }

  /** Rebalances during `close` answer only what is taken away. */
  closing(): void {
    this.#closing = true
  }

  /** Answers the group without the listener, for the rebalance that it hangs in and from now on. */
  abandon(): void {
    this.#abandoned = true
    const rebalance = this.#serving
    if (rebalance) this.#answer(rebalance, rebalance.assign ? [] : rebalance.partitions)
  }

  /** Why no record of an owned partition can be delivered, until it is sought or assigned anew. */
  failure(): KafkaError | null {
    for (const error of this.#refused.values()) return error
    return null
  }

  set(partitions: readonly TopicPartitionOffset[]): void {
    const packed = this.#handle.packed
    this.#refused.clear()
    if (this.#owned.size > 0) packed.assign('none', nativePartitions(this.partitions()))
    this.#owned.clear()
    for (const { topic, partition } of partitions) {
      this.#owned.set(partitionKey({ topic, partition }), { topic, partition })
    }
    this.subscribed = false
    const code = packed.assign('set', nativePartitions(partitions))
    if (code !== 0) throw kafkaError({ code }, 'Assigning partitions')
  }

  position(partition: TopicPartition): number | null {
    const key = partitionKey(partition)
    if (!this.#owned.has(key)) return null
    const offset =
      this.#starts?.get(key) ??
      this.#unread.get(key) ??
      this.#handle.packed.position(partition.topic, partition.partition)
    return offset < 0 ? null : offset
  }

  seek(position: TopicPartitionOffset): void {
    const key = partitionKey(position)
    if (!this.#owned.has(key)) {
      throw new KafkaError('ILLEGAL_STATE', `No current assignment for partition ${key}`, {
        javaClass: 'java.lang.IllegalStateException',
      })
    }
    if (this.#starts?.has(key)) {
      this.#starts.set(key, position.offset)
      return
    }
    this.#unread.delete(key)
    this.#refused.delete(key)
    void this.#seek(position)
  }

  /** Only what is owned may be committed by a member of a group. */
  mustOwn(offsets: readonly TopicPartition[]): void {
    if (!this.subscribed) return
    const foreign = offsets.find(o => !this.#owned.has(partitionKey(o)))
    if (!foreign) return
    throw new KafkaError(
      'UNKNOWN_MEMBER_ID',
      `Offset of ${partitionKey(foreign)} cannot be committed since the partition is not assigned to this consumer ` +
        'any more: the time between calls of poll() exceeded max.poll.interval.ms, or the group has rebalanced.',
      { javaClass: 'org.apache.kafka.clients.consumer.CommitFailedException' },
    )
  }

  announce(rebalance: Rebalance): void {
    this.#announced.push(rebalance)
  }

  pending(): boolean {
    return this.#announced.length > 0
  }

  dropFrom(batch: PackedBatch, partitions: readonly TopicPartition[]): void {
    this.#unread = dropPartitions(batch, partitions)
  }

  /**
   * Goes through what was announced; `gone` is told partitions whose records are void. Returns the first error that
   * the listener threw: the rebalance is completed all the same, as in Java.
   */
  async rebalance(gone: (partitions: readonly TopicPartition[]) => void): Promise<Error | null> {
    let failure: Error | null = null
    for (let next = this.#announced.shift(); next; next = this.#announced.shift()) {
      this.#serving = next
      try {
        if (next.assign) await this.#assigned(next)
        else await this.#revoked(next, gone)
      } catch (error) {
        failure ??= error instanceof Error ? error : new Error(String(error))
      }
    }
    return failure
  }

  async #assigned(rebalance: Rebalance): Promise<void> {
    const { partitions, cooperative } = rebalance
    const starts = new Map(partitions.map(p => [partitionKey(p), STORED]))
    if (!this.#closing) await this.#findCommitted(partitions, starts)
    if (!cooperative) this.#owned.clear()
    this.#refused.clear()
    for (const { topic, partition } of partitions) {
      this.#owned.set(partitionKey({ topic, partition }), { topic, partition })
    }
    this.#starts = starts
    // librdkafka remembers what was paused when it was taken away; in Java it comes back unpaused.
    this.#handle.packed.pause(nativePartitions(partitions), false)
    try {
      if (!this.#closing && !this.#abandoned)
        await this.listener?.assigned(partitions.map(({ topic, partition }) => ({ topic, partition })))
    } finally {
      this.#starts = null
      const list = partitions.map(p => ({ ...p, offset: starts.get(partitionKey(p)) ?? STORED }))
      this.#answer(rebalance, list)
    }
  }

  /** Looked up by us and not by librdkafka, so that `position` is known to the listener as it is in Java. */
  async #findCommitted(partitions: TopicPartition[], starts: Map<string, number>): Promise<void> {
    if (partitions.length === 0) return
    const packed = this.#handle.packed
    const result = await this.#handle.call(id =>
      packed.call(id, 'committed', nativePartitions(partitions), COMMITTED_TIMEOUT_MS),
    )
    if (result.error.code !== 0) {
      this.#log.warn(
        `${this.#handle.explain(result.error, 'Fetching committed offsets', 0).message}; left to the fetcher`,
      )
      return
    }
    for (const p of result.partitions)
      if (p.code === 0 && p.offset >= 0) starts.set(partitionKey(p), p.offset)
  }

  async #revoked(rebalance: Rebalance, gone: (partitions: readonly TopicPartition[]) => void): Promise<void> {
    const partitions = rebalance.partitions.filter(p => this.#owned.has(partitionKey(p)))
    const plain = partitions.map(({ topic, partition }) => ({ topic, partition }))
    gone(plain)
    try {
      if (plain.length > 0 && !this.#abandoned)
        await (rebalance.lost ? this.listener?.lost(plain) : this.listener?.revoked(plain))
    } finally {
      this.#unread.clear()
      for (const p of plain) {
        this.#owned.delete(partitionKey(p))
        this.#refused.delete(partitionKey(p))
      }
      this.#answer(rebalance, rebalance.partitions)
    }
  }

  #answer(
    rebalance: Rebalance,
    partitions: readonly TopicPartitionOffset[] | readonly TopicPartition[],
  ): void {
    // Abandoned: the group has its answer, and a listener that does come back changes nothing any more.
    if (this.#serving !== rebalance) return
    this.#serving = null
    const { assign, cooperative } = rebalance
    const how = assign ? (cooperative ? 'add' : 'set') : cooperative ? 'remove' : 'none'
    const code = this.#handle.packed.assign(how, nativePartitions(partitions))
    if (code !== 0) throw kafkaError({ code }, 'Answering a rebalance')
  }

  async #seek(position: TopicPartitionOffset): Promise<void> {
    const packed = this.#handle.packed
    const to = nativePartitions([position])
    try {
      const { error, low } = await this.#handle.call(id => packed.seek(id, to))
      // The consumer was closed meanwhile.
      if (!this.#handle.isOpen) return
      if (error.code !== 0) this.#refuse(position, kafkaError(error, seeking(position)))
      else if (low >= 0) {
        const code = packed.seekReady(to, low)
        if (code !== 0) this.#refuse(position, kafkaError({ code }, seeking(position)))
      }
    } catch (error) {
      if (!this.#handle.isOpen) return
      const cause = error instanceof Error ? error.message : String(error)
      this.#refuse(
        position,
        new KafkaError('UNKNOWN_SERVER_ERROR', `${seeking(position)}: ${cause}`, { cause: error }),
      )
    }
  }

  #refuse(position: TopicPartitionOffset, error: KafkaError): void {
    const key = partitionKey(position)
    if (!this.#owned.has(key)) return
    this.#refused.set(key, error)
    this.#handle.onWake()
  }
}

function seeking(position: TopicPartitionOffset): string {
  return `Seeking to offset ${position.offset} of ${partitionKey(position)}`
}

import { DataException } from '../data/errors.ts'
import type { OffsetMap } from '../data/records.ts'
import { logger } from '../observe/log.ts'
import type { OffsetEntry, OffsetStore } from './offset-store.ts'
import { decodeKey, decodeValue, encodeKey, encodeValue, sortedKey } from './offset-text.ts'
import type { LogRecord, TopicLog } from './topic-log.ts'

const log = logger('org.apache.kafka.connect.storage.KafkaOffsetBackingStore')

/** Bytes as text with a character each (`latin1`): half of what small Buffers cost, and compared faster. */
type Bytes = string

interface Stored {
  key: Bytes
  value: Bytes
}

/**
 * Source offsets in a compacted topic, with Connect's own bytes: JVM workers read and write it too. What `get` and
 * `list` answer is all that the topic holds when they are called (invariant 3).
 * Java: org.apache.kafka.connect.storage.KafkaOffsetBackingStore
 */
export class KafkaOffsets implements OffsetStore {
  readonly #topic: string
  readonly #log: TopicLog
  /**
   * By connector, and by a text that is equal for equal partitions: what is stored for it, mostly one. Partitions that
   * were written with their fields in several orders are several keys to Kafka.
   */
  readonly #connectors = new Map<string, Map<string, Stored[]>>()
  readonly #complained = new Set<string>()

  /** `open` makes the log of the topic, which calls `tell` with every record. */
  constructor(topic: string, open: (tell: (record: LogRecord) => void) => TopicLog) {
    this.#topic = topic
    this.#log = open(record => this.#read(record))
  }

  /** Makes or checks the topic and reads it to its end. Throws as `TopicLog.start`. */
  start(signal?: AbortSignal): Promise<void> {
    return this.#log.start(signal)
  }

  async get(connector: string, partitions: readonly (OffsetMap | null)[]): Promise<(OffsetMap | null)[]> {
    await this.#log.readToEnd()
    return partitions.map(partition => {
      const key = encodeKey(connector, partition)
      const stored = this.#find(sortedKey(connector, partition), connector, key)
      return stored ? this.#offsetOf(stored) : null
    })
  }

  async set(connector: string, entries: readonly OffsetEntry[]): Promise<void> {
    // Last one wins, and it is last in the topic.
    const writes = new Map<string, { key: Buffer; value: Buffer | null }>()
    for (const { partition, offset } of entries) {
      const sorted = sortedKey(connector, partition)
      const key = encodeKey(connector, partition)
      const storedKey = this.#find(sorted, connector, key)?.key
      writes.delete(sorted)
      writes.set(sorted, {
        // The same partition under another order of its fields: the bytes already stored stay the key.
        key: storedKey === undefined ? key : Buffer.from(storedKey, 'latin1'),
        value: offset === null ? null : encodeValue(offset),
      })
    }
    // Invariant 1: resolves when all are acknowledged.
    await this.#log.append([...writes.values()])
  }

  /** Without tombstones: a topic forgets them. */
  async list(connector: string): Promise<OffsetEntry[]> {
    await this.#log.readToEnd()
    return [...(this.#connectors.get(connector)?.values() ?? [])].flat().flatMap(stored => {
      const key = decodeKey(Buffer.from(stored.key, 'latin1'))
      return key ? [{ partition: key.partition, offset: this.#offsetOf(stored) }] : []
    })
  }

  close(): Promise<void> {
    return this.#log.close()
  }

  #find(sorted: string, connector: string, key: Buffer): Stored | undefined {
    const stored = this.#connectors.get(connector)?.get(sorted)
    if (stored === undefined || stored.length === 1) return stored?.[0]
    const bytes = key.toString('latin1')
    return stored.find(one => one.key === bytes) ?? stored[0]
  }

  #offsetOf({ key, value }: Stored): OffsetMap | null {
    try {
      return decodeValue(Buffer.from(value, 'latin1'))
    } catch (error) {
      if (!(error instanceof DataException)) throw error
      this.#complain(
        'value',
        `CRITICAL: Failed to deserialize offset data of ${shown(Buffer.from(key, 'latin1'))} in topic ${this.#topic}: ${error.message}. It counts as ` +
          'absent, and the source is read from its beginning. Alter the offset of this connector, or find out who ' +
          'writes to this topic.',
      )
      return null
    }
  }

  #read({ partition, offset, key, value }: LogRecord): void {
    const decoded = key && decodeKey(key)
    if (!key || !decoded) {
      this.#complain(
        key ? 'key' : 'null key',
        `The record at offset ${offset} of ${this.#topic}-${partition} is no source offset (${key ? `key ${shown(key)}` : 'it has no key'}) ` +
          'and is ignored, as further ones of its kind will be. Find out who writes to this topic.',
      )
      return
    }
    const { connector } = decoded
    const sorted = sortedKey(connector, decoded.partition)
    const ofConnector = this.#connectors.get(connector)
    const bytes = key.toString('latin1')
    const others = ofConnector?.get(sorted)?.filter(one => one.key !== bytes) ?? []
    // A value without bytes reads as null, too.
    if (value !== null && value.length > 0) {
      // One text for both, where they are equal.
      const stored = [...others, { key: bytes === sorted ? sorted : bytes, value: value.toString('latin1') }]
      if (others.length > 0) stored.sort((a, b) => (a.key < b.key ? -1 : 1))
      if (ofConnector) ofConnector.set(sorted, stored)
      else this.#connectors.set(connector, new Map([[sorted, stored]]))
    } else if (others.length > 0) {
      ofConnector?.set(sorted, others)
    } else if (ofConnector?.delete(sorted) && ofConnector.size === 0) {
      this.#connectors.delete(connector)
    }
  }

  /** Once a kind: a topic that somebody else writes to is full of them. */
  #complain(kind: string, text: string): void {
    if (this.#complained.has(kind)) return
    this.#complained.add(kind)
    log.warn(text)
  }
}

function shown(key: Buffer): string {
  const text = key.subarray(0, 200).toString()
  return key.length > 200 ? `${text}…` : text
}

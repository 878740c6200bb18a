import type { OffsetMap } from '../data/records.ts'

/** A source partition and how far it has been read; a null offset is a tombstone. */
export interface OffsetEntry {
  partition: OffsetMap | null
  offset: OffsetMap | null
}

/**
 * Where source offsets live, by connector name. What comes back has been through JSON: integers are numbers
 * (bigint beyond 2^53), doubles with an integral value stay doubles, bytes are base64 text.
 * Java: org.apache.kafka.connect.storage.ConnectorOffsetBackingStore
 */
export interface OffsetStore {
  /** One answer for each partition, null where nothing is stored. */
  get(connector: string, partitions: readonly (OffsetMap | null)[]): Promise<(OffsetMap | null)[]>
  /**
   * Stores all entries or none, and resolves when they are durable; the last of several for one partition
   * wins. Throws DataException for what is not flat.
   */
  set(connector: string, entries: readonly OffsetEntry[]): Promise<void>
  /** Every partition of a connector, tombstones included. */
  list(connector: string): Promise<OffsetEntry[]>
  /** Waits for what was handed to `set`. Safe to call twice. */
  close(): Promise<void>
}

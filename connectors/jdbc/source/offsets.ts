/** Where a table was read to. Java: TimestampIncrementingOffset, OffsetProtocols */
import type { OffsetMap } from '#bunnect'
import type { Dialect, TableId } from '../dialects/dialect.ts'
import type { Timestamp } from '../dialects/reading.ts'
import { fullName } from './table-selection.ts'

export interface RowOffset {
  readonly incrementing: number | bigint | null
  readonly timestamp: Timestamp | null
}

export const QUERY_PARTITION: OffsetMap = { query: 'query' }

/** As it is written for a table that has no offset yet. */
export function tablePartition(table: TableId, dialect: Dialect): OffsetMap {
  return partitionOf(fullName(table, dialect))
}

export function partitionOf(name: string): OffsetMap {
  return { protocol: '1', table: name }
}

/** As older releases wrote it, and as it is still written in bulk mode. */
export function legacyPartition(table: TableId): OffsetMap {
  return { table: table.name }
}

export function offsetMap({ incrementing, timestamp }: RowOffset): OffsetMap {
  const map: Record<string, number | bigint> = {}
  if (incrementing !== null) map['incrementing'] = incrementing
  if (timestamp !== null) {
    map['timestamp'] = timestamp.seconds * 1000 + Math.floor(timestamp.nanos / 1e6)
    map['timestamp_nanos'] = timestamp.nanos
  }
  return map
}

export function rowOffset(map: OffsetMap | null): RowOffset {
  const incrementing = numberOf(map?.['incrementing'])
  const millis = numberOf(map?.['timestamp'])
  const nanos = numberOf(map?.['timestamp_nanos'])
  return { incrementing, timestamp: millis === null ? null : timestampOf(Number(millis), nanos) }
}

/** Without nanoseconds it is one of whole milliseconds. */
export function timestampOf(millis: number, nanos: number | bigint | null = null): Timestamp {
  const seconds = Math.floor(millis / 1000)
  return { seconds, nanos: nanos === null ? (millis - seconds * 1000) * 1e6 : Number(nanos) }
}

export function isBefore(left: Timestamp, right: Timestamp): boolean {
  return left.seconds < right.seconds || (left.seconds === right.seconds && left.nanos < right.nanos)
}

function numberOf(value: unknown): number | bigint | null {
  return typeof value === 'number' || typeof value === 'bigint' ? value : null
}

/** How rows of a database become records. Java: GenericDatabaseDialect.addFieldToSchema, columnConverterFor */
import type { Schema } from '#bunnect'
import type { Cell, ResultColumn, SqlValue } from '../drivers/connection.ts'

/** The keys of a source that decide about values. */
export interface ReadingOptions {
  readonly numericMapping: 'none' | 'precision_only' | 'best_fit' | 'best_fit_eager_double'
  readonly timestampGranularity: TimestampGranularity
  /** db.timezone: the zone of timestamps without one. */
  readonly timeZone: string
  /** date.calendar.system */
  readonly calendar: 'LEGACY' | 'PROLEPTIC_GREGORIAN'
}

export const TIMESTAMP_GRANULARITIES = [
  'connect_logical',
  'micros_long',
  'micros_string',
  'micros_iso_datetime_string',
  'nanos_long',
  'nanos_string',
  'nanos_iso_datetime_string',
] as const
/** What becomes of a timestamp: milliseconds of Connect's own type, or finer counts and texts. */
export type TimestampGranularity = (typeof TIMESTAMP_GRANULARITIES)[number]

/** A field that a column becomes. */
export interface ReadColumn {
  readonly schema: Schema
  /** @throws DataException with the column's name for what the field cannot hold */
  read(cell: Value): unknown
}

export interface ReadingDialect {
  /** Null for a type that no field can hold: the column is left out, with a warning. */
  column(column: ResultColumn, options: ReadingOptions): ReadColumn | null
  /** Gives the database's clock: one row, one column, read with `timestampReader`. */
  readonly currentTimestamp: string
  /** The timestamps of a column, as the database compares them. @throws DataException for what is none */
  timestampReader(column: ResultColumn, options: ReadingOptions): (cell: Value) => Timestamp
  /** Makes a parameter that compares with a timestamp column. */
  timestampValue(timeZone: string): (timestamp: Timestamp) => SqlValue
  /** What compares where a timestamp column or a parameter itself does not, as SQL. */
  readonly comparable?: { column(sql: string): string; parameter(sql: string, column: string): string }
  /** Results do not tell which of their columns may be null. */
  readonly nullabilityByCatalogue?: true
}

export type Value = Exclude<Cell, null>

/** Whole seconds since 1970 and nanoseconds of the second, so that nothing passes through a float. */
export interface Timestamp {
  /** A safe integer, negative before 1970. */
  readonly seconds: number
  /** 0 to 999,999,999 */
  readonly nanos: number
}

/** How rows of a database become records. Java: GenericDatabaseDialect.addFieldToSchema, columnConverterFor */
import type { Schema } from '#bunnect'
import type { Cell, ResultColumn, SqlValue } from '../drivers/connection.ts'

/** The keys of a source that decide about values. */
export interface ReadingOptions {
  readonly numericMapping: 'none' | 'precision_only' | 'best_fit' | 'best_fit_eager_double'
  readonly timestampGranularity: string
  /** db.timezone: the zone of timestamps without one. */
  readonly timeZone: string
  /** date.calendar.system */
  readonly calendar: 'LEGACY' | 'PROLEPTIC_GREGORIAN'
}

/** A field that a column becomes. */
export interface ReadColumn {
  readonly schema: Schema
  /** @throws DataException with the column's name for what the field cannot hold */
  read(cell: Exclude<Cell, null>): unknown
}

export interface ReadingDialect {
  /** Null for a type that no field can hold: the column is left out, with a warning. */
  column(column: ResultColumn, options: ReadingOptions): ReadColumn | null
  /** Gives the database's clock: one row, one column, read with `timestampCell`. */
  readonly currentTimestamp: string
  /** A timestamp cell as epoch ms and the nanoseconds of its second. */
  timestampCell(cell: Exclude<Cell, null>, column: ResultColumn, timeZone: string): Timestamp
  /** A parameter that compares with a timestamp column. */
  timestampValue(timestamp: Timestamp, timeZone: string): SqlValue
}

/** Whole seconds since 1970 and nanoseconds, so that nothing passes through a float. */
export interface Timestamp {
  readonly seconds: bigint
  readonly nanos: number
}

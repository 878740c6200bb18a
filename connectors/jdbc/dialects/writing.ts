/** How records become rows of a database. Java: the write side of io.confluent.connect.jdbc.dialect.DatabaseDialect */
import type { Schema } from '#bunnect'
import type { SqlValue } from '../drivers/connection.ts'

/** The keys of a sink that decide about values. */
export interface WritingOptions {
  /** db.timezone */
  readonly timeZone: string
  /** date.timezone: that of Date values; `timeZone` unless it is utc. */
  readonly dateTimeZone: string
  /** date.calendar.system */
  readonly calendar: 'LEGACY' | 'PROLEPTIC_GREGORIAN'
  readonly timestampPrecision: 'microseconds' | 'nanoseconds'
  /** mssql.use.merge.holdlock */
  readonly holdLock: boolean
}

/** Java: io.confluent.connect.jdbc.sink.metadata.SinkRecordField */
export interface SinkField {
  readonly name: string
  readonly schema: Schema
  readonly primaryKey: boolean
  /** In `timestamp.fields.list`. */
  readonly timestamp: boolean
}

/** Names are quoted already, as the connector's `quote.sql.identifiers` wants it. */
export interface WriteTarget {
  readonly table: string
  readonly keys: readonly string[]
  readonly columns: readonly string[]
  /** The catalogue's types, of keys then columns. */
  readonly types: readonly string[]
  /** Theirs likewise, null where a type has none. */
  readonly scales: readonly (number | null)[]
}

/** Makes a parameter of a value, which is never null. @throws DataException for what the column cannot hold */
export type Encode = (value: unknown) => SqlValue

export interface WritingDialect {
  /** The SQL type of a column for such a field. @throws ConnectException for a schema that has none */
  columnType(field: SinkField, options: WritingOptions): string
  /** The statement's text for a default value, which is not null. */
  literal(field: SinkField, value: unknown, options: WritingOptions): string
  /** From texts of columns as `columnText` makes them, and names of keys. */
  createTable(table: string, columns: readonly string[], keys: readonly string[]): string
  /** One or several statements. */
  addColumns(table: string, columns: readonly string[]): string[]
  /** A statement for that many rows, one parameter for each of keys then columns, row after row. */
  insert(target: WriteTarget, rows: number): string
  /** As `insert`. @throws ConnectException where the dialect has no upsert */
  upsert(target: WriteTarget, rows: number, options: WritingOptions): string
  /** One row: columns first, then keys. */
  update(target: WriteTarget): string
  /** Rows by their keys. */
  delete(target: WriteTarget, rows: number): string
  /** What a statement can carry. */
  readonly maxParameters: number
  readonly maxRows: number
  /** False where one statement must not touch a row twice. */
  readonly repeatsKeys: boolean
  /** True where a session that waits for another one of this process stops that one too. */
  readonly writesInTurn: boolean
  /** What becomes of letters in names without quotes. */
  readonly foldsNames: 'lower' | 'upper' | null
  /** Longer table names are cut, in bytes, as the database cuts them; null where it does not. */
  readonly maxNameBytes: number | null
  /** @throws ConnectException for a schema that no column can hold */
  encoder(field: SinkField, options: WritingOptions): Encode
  /** False, or why, for a column that would take other values than the field has. Every column fits by default. */
  fits?(field: SinkField, columnType: string, options: WritingOptions): boolean | string
  /** Where a parameter can hold a column of many rows. */
  readonly arrays?: ArrayWriting
}

/**
 * Statements with one parameter a column, keys then columns, for any number of rows. Null where the type of a column is
 * not known to travel so.
 */
export interface ArrayWriting {
  insert(target: WriteTarget): string | null
  upsert(target: WriteTarget): string | null
  update(target: WriteTarget): string | null
  /** Parameters are keys alone. */
  delete(target: WriteTarget): string | null
  /** The parameter for `width` values a row, row after row, of which the one at `column` is taken. */
  parameter(values: readonly SqlValue[], column: number, width: number): string
}

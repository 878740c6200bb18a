/** How records become rows of a database. Java: the write side of io.confluent.connect.jdbc.dialect.DatabaseDialect */
import type { Schema } from '#bunnect'
import type { SqlValue } from '../drivers/connection.ts'

/** The keys of a sink that decide about values. */
export interface WritingOptions {
  /** db.timezone */
  readonly timeZone: string
  /** date.timezone: that of Date values; `timeZone` unless it is utc. */
  readonly dateTimeZone: string
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
}

export interface WritingDialect {
  /** The SQL type of a column for such a field. @throws ConnectException for a schema that has none */
  columnType(field: SinkField, options: WritingOptions): string
  /** The statement's text for a default value. */
  literal(field: SinkField, value: unknown, options: WritingOptions): string
  createTable(table: string, columns: readonly string[], keys: readonly string[]): string
  /** One or several statements. */
  addColumns(table: string, columns: readonly string[]): string[]
  /** A statement for that many rows, one parameter for each of keys then columns, row after row. */
  insert(target: WriteTarget, rows: number): string
  /** @throws ConnectException where the dialect has no upsert */
  upsert(target: WriteTarget, rows: number, options: WritingOptions): string
  /** One row: columns first, then keys. */
  update(target: WriteTarget): string
  /** Rows by their keys. */
  delete(target: WriteTarget, rows: number): string
  /** The most parameters of one statement. */
  readonly maxParameters: number
  /** @throws DataException for what the column cannot hold */
  value(field: SinkField, value: unknown, options: WritingOptions): SqlValue
}

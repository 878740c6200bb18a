import type { SinkField, WriteTarget, WritingOptions } from '../../../connectors/jdbc/dialects/writing.ts'
import { type Schema, SchemaBuilder } from '../../../src/sdk/index.ts'

export const OPTIONS: WritingOptions = {
  timeZone: 'UTC',
  dateTimeZone: 'UTC',
  calendar: 'LEGACY',
  timestampPrecision: 'microseconds',
  holdLock: true,
}

export function field(schema: Schema, more: Partial<SinkField> = {}): SinkField {
  return { name: 'f', schema, primaryKey: false, timestamp: false, ...more }
}

export const optional = (builder: SchemaBuilder): Schema => builder.optional().build()

export const withDefault = (builder: SchemaBuilder, value: unknown): Schema =>
  builder.defaultValue(value).build()

export const arrayOf = (element: Schema): Schema => SchemaBuilder.array(element).build()

/** With names quoted by `quote`. */
export function target(quote: (name: string) => string, keys: string[], columns: string[]): WriteTarget {
  const types: Record<string, string> = {
    id: 'int8',
    part: 'varchar',
    name: 'text',
    tags: '_int4',
    mood: 'mood',
  }
  return {
    table: quote('t'),
    keys: keys.map(quote),
    columns: columns.map(quote),
    types: [...keys, ...columns].map(name => types[name] ?? 'numeric'),
    scales: [...keys, ...columns].map(() => null),
  }
}

import { type Schema, type SinkRecord, Struct } from '#bunnect'
import type { Encode, SinkField, WritingDialect } from '../dialects/writing.ts'
import type { SqlValue } from '../drivers/connection.ts'
import { placeOf, UnwritableRecord } from './failures.ts'
import { type RecordFields, recordFields } from './record-fields.ts'
import type { SinkSettings } from './settings.ts'

type Read = (record: SinkRecord) => unknown

/** How records of one key and value schema become rows of a table: keys, then columns. */
export class RowShape {
  readonly fields: RecordFields
  readonly #reads: readonly Read[]
  readonly #encodes: readonly Encode[]
  readonly #names: readonly string[]
  readonly #trims: boolean

  /** @throws ConnectException for schemas that the keys of the sink do not fit, or that have no column */
  constructor(
    readonly table: string,
    readonly keySchema: Schema | null,
    readonly valueSchema: Schema | null,
    settings: SinkSettings,
    dialect: WritingDialect,
  ) {
    this.fields = recordFields(table, keySchema, valueSchema, settings)
    const { keys, columns } = this.fields
    const all = [...keys, ...columns]
    this.#reads = [
      ...keys.map((field, i) => keyRead(field, i, keySchema, valueSchema, settings)),
      ...columns.map(field => valueRead(field, valueSchema!, settings)),
    ]
    this.#encodes = all.map(field => dialect.encoder(field, settings.writing))
    this.#names = all.map(({ name }) => name)
    this.#trims = settings.trimsErrors
  }

  /** How many values a row has. */
  get width(): number {
    return this.#reads.length
  }

  /** Those of keys alone. */
  get keyWidth(): number {
    return this.fields.keys.length
  }

  /** Appends a row, or its keys. @throws UnwritableRecord */
  append(record: SinkRecord, to: SqlValue[], width = this.width): void {
    let column = 0
    const start = to.length
    try {
      for (; column < width; column++) {
        const value = this.#reads[column]!(record)
        to.push(value === null || value === undefined ? null : this.#encodes[column]!(value))
      }
    } catch (cause) {
      to.length = start
      const place = `Cannot write to table ${this.table}, column ${this.#names[column]}, the ${placeOf(record)}`
      const { hint } = cause as { hint?: string }
      if (this.#trims) {
        const why = 'its value does not fit, and is left out here (trim.sensitive.log)'
        throw new UnwritableRecord(record, `${place}: ${why}`, { hint })
      }
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new UnwritableRecord(record, `${place}: ${why}`, { cause, hint })
    }
  }
}

function keyRead(
  { name }: SinkField,
  i: number,
  keySchema: Schema | null,
  valueSchema: Schema | null,
  settings: SinkSettings,
): Read {
  switch (settings.keyMode) {
    case 'kafka':
      return [
        (record: SinkRecord) => record.topic,
        (record: SinkRecord) => record.kafkaPartition,
        (record: SinkRecord) => record.kafkaOffset,
      ][i]!
    case 'record_key': {
      if (keySchema!.type !== 'STRUCT') return record => record.key
      const read = fieldRead(keySchema!, name, settings)
      return record => read(record.key)
    }
    default: {
      const read = fieldRead(valueSchema!, name, settings)
      return record => read(record.value)
    }
  }
}

function valueRead({ name }: SinkField, schema: Schema, settings: SinkSettings): Read {
  if (schema.type !== 'STRUCT') return record => record.value
  const read = fieldRead(schema, name, settings)
  return record => read(record.value)
}

function fieldRead(
  schema: Schema,
  name: string,
  { replacesNulls }: SinkSettings,
): (from: unknown) => unknown {
  const { index, schema: of } = schema.field(name)!
  const byDefault = replacesNulls ? of.defaultValue : null
  return from => (from instanceof Struct ? (from.rawValues[index] ?? byDefault) : null)
}

/** The least that is a schema language: Avro records of strings, whose payload is the JSON of their values. */

import type { ConnectFormat } from '../../../src/converters/registry/connect-format.ts'
import { DataException, SerializationException } from '../../../src/data/errors.ts'
import { type Schema, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import {
  InvalidSchema,
  type ParsedSchema,
  type ResolvedReference,
  type SchemaType,
} from '../../../src/formats/schema-format.ts'

interface RecordText {
  type: string
  name?: string
  fields?: { name: string; type: string; default?: string }[]
}

export class RecordSchema implements ParsedSchema {
  readonly type: SchemaType
  readonly name: string | null
  readonly fields: { name: string; default?: string }[]

  constructor(
    readonly text: string,
    readonly references: readonly ResolvedReference[] = [],
    type: SchemaType = 'AVRO',
  ) {
    this.type = type
    const parsed: RecordText = JSON.parse(text)
    if (parsed.type !== 'record') throw new InvalidSchema(`${text} is no record`)
    this.name = parsed.name ?? null
    this.fields = parsed.fields ?? []
  }

  normalized(): string {
    return this.text
  }

  incompatibilities(writer: ParsedSchema): string[] {
    const written = new Set((writer as RecordSchema).fields.map(field => field.name))
    return this.fields
      .filter(field => field.default === undefined && !written.has(field.name))
      .map(field => `The field '${field.name}' has no default value`)
  }
}

export interface RecordFormat extends ConnectFormat<RecordSchema> {
  /** How often each was called. */
  readonly calls: { schemaOf: number; writer: number; reader: number }
}

export function recordFormat(label = 'Avro', type: SchemaType = 'AVRO'): RecordFormat {
  const calls = { schemaOf: 0, writer: 0, reader: 0 }
  return {
    calls,
    label,
    format: { type, parse: (text, references) => new RecordSchema(text, references, type) },
    schemaOf(schema, value) {
      calls.schemaOf++
      if (schema === null) return new RecordSchema(textOf('Loose', Object.keys(value as object)), [], type)
      return new RecordSchema(
        textOf(
          schema.name,
          schema.fields.map(field => field.name),
        ),
        [],
        type,
      )
    },
    writer(schema, target) {
      calls.writer++
      const names = target.fields.map(field => field.name)
      return (value, out) => {
        if (value === 'not a record') throw new DataException('Not a record')
        if (value === 'not of the schema') throw new TypeError('not of the schema')
        const of = (name: string) =>
          schema === null
            ? (value as Record<string, unknown>)[name]
            : (value as Struct).getWithoutDefault(name)
        out.putUtf8(JSON.stringify(names.map(of)))
      }
    },
    reader(writer, version, target) {
      calls.reader++
      const wanted = target ?? writer
      const builder = SchemaBuilder.struct().name(wanted.name ?? 'Unnamed')
      if (version !== null) builder.version(version)
      for (const { name } of wanted.fields) builder.field(name, STRING_SCHEMA)
      const schema = builder.build()
      return (data, start, end, into) => {
        let values: string[]
        try {
          values = JSON.parse(data.toString('utf8', start, end))
        } catch (cause) {
          throw new SerializationException('No values', { cause })
        }
        const struct = new Struct(schema)
        for (const { name, default: preset } of wanted.fields) {
          const at = writer.fields.findIndex(field => field.name === name)
          struct.put(name, at < 0 ? preset : values[at])
        }
        into.schema = schema
        into.value = struct
      }
    },
  }
}

export function textOf(name: string | null, fields: readonly string[]): string {
  return JSON.stringify({
    type: 'record',
    ...(name !== null && { name }),
    fields: fields.map(field => ({ name: field, type: 'string' })),
  })
}

export function structSchema(name: string | null, ...fields: string[]): Schema {
  const builder = SchemaBuilder.struct()
  if (name !== null) builder.name(name)
  for (const field of fields) builder.field(field, STRING_SCHEMA)
  return builder.build()
}

export function struct(schema: Schema, ...values: string[]): Struct {
  const made = new Struct(schema)
  for (const [i, value] of values.entries()) made.put(schema.fields[i]!.name, value)
  return made
}

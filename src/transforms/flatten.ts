import { key } from '../config/keys.ts'
import { valueEquals } from '../data/equality.ts'
import { DataException } from '../data/errors.ts'
import type { Field, Schema } from '../data/schema.ts'
import { SchemaBuilder } from '../data/schema-builder.ts'
import { Struct } from '../data/struct.ts'
import { validateValue } from '../data/validate.ts'
import { twoForms } from './config.ts'
import { joined, MapFlattener } from './flatten-map.ts'
import { keyAndValue, requireMap, requireStruct } from './operand.ts'
import { copySchemaBasics } from './schema-basics.ts'
import { SchemaCache } from './schema-cache.ts'
import { sourceField } from './struct-copy.ts'

const PURPOSE = 'flattening'

/** Brings the fields of nested structs or maps to the top. Java: org.apache.kafka.connect.transforms.Flatten */
export const flatten = keyAndValue({
  name: 'Flatten',
  doc: twoForms(
    "Flatten a nested data structure, generating names for each field by concatenating the field names at each level with a configurable delimiter character. Applies to Struct when schema present, or a Map in the case of schemaless data. Array fields and their contents are not modified. The default delimiter is '.'.",
    'Flatten',
  ),
  config: {
    delimiter: key.string({
      default: '.',
      importance: 'medium',
      doc: 'Delimiter to insert between field names from the input record when generating field names for the output record',
    }),
  },
  create({ delimiter }, operand) {
    const maps = new MapFlattener('', delimiter, { seen: false })
    const plans = new SchemaCache(schema => {
      const builder = copySchemaBasics(schema, SchemaBuilder.struct())
      addFields(builder, schema, '', delimiter, schema.optional, schema.defaultValue as Struct | null)
      const target = builder.build()
      return { target, moves: new SchemaCache(source => movesOf(source, target, '', delimiter)) }
    })
    return {
      apply(record) {
        const schema = operand.schema(record)
        const value = operand.value(record)
        if (value === null || value === undefined) return record
        if (schema === null) {
          return operand.replace(record, null, maps.flattened(requireMap(value, PURPOSE)))
        }
        const struct = requireStruct(value, PURPOSE, schema)
        const { target, moves } = plans.get(schema)
        const values: unknown[] = new Array(target.fields.length).fill(null)
        move(struct, moves.get(struct.schema), values)
        return operand.replace(record, target, new Struct(target, values))
      },
    }
  },
})

/** Optional are fields with an optional ancestor too; a struct's default gives its fields theirs. */
function addFields(
  builder: SchemaBuilder,
  schema: Schema,
  prefix: string,
  delimiter: string,
  optional: boolean,
  parentDefault: Struct | null,
): void {
  for (const field of schema.fields) {
    const name = joined(prefix, delimiter, field.name)
    const fieldOptional = optional || field.schema.optional
    const defaultValue = field.schema.defaultValue ?? parentDefault?.get(field) ?? null
    if (field.schema.type === 'STRUCT') {
      addFields(builder, field.schema, name, delimiter, fieldOptional, defaultValue as Struct | null)
      continue
    }
    if (field.schema.type === 'MAP') throw unsupportedType(field, name)
    const leaf = copySchemaBasics(field.schema, leafBuilder(field.schema))
    if (fieldOptional) leaf.optional()
    if (defaultValue !== null) leaf.defaultValue(defaultValue)
    builder.field(name, leaf.build())
  }
}

function leafBuilder(schema: Schema): SchemaBuilder {
  return schema.type === 'ARRAY' ? SchemaBuilder.array(schema.valueSchema!) : new SchemaBuilder(schema.type)
}

function unsupportedType(field: Field, name: string): DataException {
  return new DataException(
    `Flatten transformation does not support ${field.schema.type} for record with schemas (for field ${name}).`,
  )
}

/** Where a field's value goes: to an index of the flat struct, or on to the fields of a nested one. */
interface Move {
  from: number
  nested: readonly Move[] | null
  to: number
  defaultValue: unknown
  /** The target field when it takes no null. */
  required: Field | null
  /** The target field when its values have to be checked. */
  foreign: Field | null
}

function movesOf(source: Schema, target: Schema, prefix: string, delimiter: string): Move[] {
  return source.fields.map(field => {
    const name = joined(prefix, delimiter, field.name)
    const { index: from, schema } = field
    if (schema.type === 'STRUCT') {
      const nested = movesOf(schema, target, name, delimiter)
      return { from, nested, to: -1, defaultValue: null, required: null, foreign: null }
    }
    if (schema.type === 'MAP') throw unsupportedType(field, name)
    const to = sourceField(target, name)
    return {
      from,
      nested: null,
      to: to.index,
      defaultValue: schema.defaultValue,
      required: to.schema.optional ? null : to,
      foreign: holdsTheSame(schema, to.schema) ? null : to,
    }
  })
}

function holdsTheSame(a: Schema, b: Schema): boolean {
  if (a.type !== b.type || a.name !== b.name) return false
  return a.type !== 'ARRAY' || valueEquals(a.valueSchema, b.valueSchema)
}

function move(source: Struct, moves: readonly Move[], values: unknown[]): void {
  const raw = source.rawValues
  for (let i = 0; i < moves.length; i++) {
    const { from, nested, to, defaultValue, required, foreign } = moves[i]!
    const value = raw[from]
    if (nested !== null) {
      if (value !== null) move(value as Struct, nested, values)
      continue
    }
    const moved = value ?? defaultValue
    const field = moved === null ? required : foreign
    if (field !== null) validateValue(field.name, field.schema, moved)
    values[to] = moved
  }
}

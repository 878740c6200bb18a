import { key } from '../config/keys.ts'
import { valueEquals } from '../data/equality.ts'
import { DataException } from '../data/errors.ts'
import { javaClassName, schemaTypeOf } from '../data/java-class.ts'
import { hashMapOrder, tableSizeOf } from '../data/java-hash.ts'
import type { Field, Schema } from '../data/schema.ts'
import { SchemaBuilder } from '../data/schema-builder.ts'
import { Struct } from '../data/struct.ts'
import { validateValue } from '../data/validate.ts'
import { twoForms } from './config.ts'
import { noString, sameKeys } from './map-copy.ts'
import { keyAndValue, requireMap, requireStruct, type SchemalessMap } from './operand.ts'
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
    const maps = new MapFlattener('', delimiter)
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
          const flat = new Map<string, unknown>()
          maps.flatten(requireMap(value, PURPOSE), flat)
          return operand.replace(record, null, flat)
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

function joined(prefix: string, delimiter: string, name: string): string {
  return prefix === '' ? name : prefix + delimiter + name
}

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

/** Most maps of a stream have the same keys: their order and full names are found once a level. */
class MapFlattener {
  private keys: readonly string[] = []
  private tableSize = 0
  private order: readonly string[] = []
  private names: readonly string[] = []
  private readonly children = new Map<string, MapFlattener>()

  constructor(
    private readonly prefix: string,
    private readonly delimiter: string,
  ) {}

  flatten(map: SchemalessMap, flat: Map<string, unknown>): void {
    if (map instanceof Map) {
      for (const [key, value] of map) {
        if (typeof key !== 'string') throw noString(key)
        this.add(joined(this.prefix, this.delimiter, key), value, flat)
      }
      return
    }
    const source = map as Readonly<Record<string, unknown>>
    const keys = Object.keys(source)
    const tableSize = tableSizeOf(source)
    if (tableSize !== this.tableSize || !sameKeys(keys, this.keys)) {
      this.order = hashMapOrder(keys, tableSize)
      this.names = this.order.map(key => joined(this.prefix, this.delimiter, key))
      this.keys = keys
      this.tableSize = tableSize
    }
    const { order, names } = this
    for (let i = 0; i < order.length; i++) this.add(names[i]!, source[order[i]!], flat)
  }

  private add(name: string, value: unknown, flat: Map<string, unknown>): void {
    if (value === null || value === undefined) {
      flat.set(name, null)
      return
    }
    switch (typeof value === 'string' ? 'STRING' : schemaTypeOf(value)) {
      case null:
        throw new DataException(
          `Flatten transformation was passed a value of type class ${javaClassName(value)} which is not supported by Connect's data API`,
        )
      case 'STRUCT':
        throw new DataException(
          `Flatten transformation does not support class ${javaClassName(value)} for record without schemas (for field ${name}).`,
        )
      case 'MAP':
        this.child(name).flatten(value as SchemalessMap, flat)
        break
      default:
        flat.set(name, value)
    }
  }

  private child(name: string): MapFlattener {
    let child = this.children.get(name)
    if (child === undefined) {
      child = new MapFlattener(name, this.delimiter)
      this.children.set(name, child)
    }
    return child
  }
}

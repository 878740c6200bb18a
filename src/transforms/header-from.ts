import { key } from '../config/keys.ts'
import { nonEmptyList, oneOf } from '../config/validators.ts'
import { ConfigException } from '../data/errors.ts'
import { ConnectHeaders } from '../data/headers.ts'
import { NullPointerException } from '../data/java-errors.ts'
import type { ConnectRecord } from '../data/records.ts'
import type { Field, Schema } from '../data/schema.ts'
import { SchemaBuilder } from '../data/schema-builder.ts'
import { Struct } from '../data/struct.ts'
import { replaceNullWithDefault } from './config.ts'
import { getEntry, HashMapCopier, withoutEntries } from './map-copy.ts'
import { KEY, keyAndValue, type Operand, requireMap, requireStruct } from './operand.ts'
import { copySchemaBasics } from './schema-basics.ts'
import { SchemaCache } from './schema-cache.ts'
import { StructCopy, sourceField } from './struct-copy.ts'

/** Moves or copies fields to headers. Java: org.apache.kafka.connect.transforms.HeaderFrom */
export const headerFrom = keyAndValue({
  name: 'HeaderFrom',
  doc: "Moves or copies fields in the key/value of a record into that record's headers. Corresponding elements of <code>fields</code> and <code>headers</code> together identify a field and the header it should be moved or copied to. Use the concrete transformation type designed for the record key (<code>org.apache.kafka.connect.transforms.HeaderFrom$Key</code>) or value (<code>org.apache.kafka.connect.transforms.HeaderFrom$Value</code>).",
  config: {
    fields: key.list({
      importance: 'high',
      validator: nonEmptyList,
      doc: 'Field names in the record whose values are to be copied or moved to headers.',
    }),
    headers: key.list({
      importance: 'high',
      validator: nonEmptyList,
      doc: 'Header names, in the same order as the field names listed in the fields configuration property.',
    }),
    operation: key.string({
      importance: 'high',
      validator: oneOf('move', 'copy'),
      doc: 'Either <code>move</code> if the fields are to be moved to the headers (removed from the key/value), or <code>copy</code> if the fields are to be copied to the headers (retained in the key/value).',
    }),
    ...replaceNullWithDefault,
  },
  create({ fields, headers: names, operation, 'replace.null.with.default': defaults }, operand) {
    if (fields.length !== names.length)
      throw new ConfigException("'fields' config must have the same number of elements as 'headers' config.")
    const moves = operation === 'move'
    const purpose = `header ${operation}`
    const moved = new Set(fields)
    const copier = new HashMapCopier()
    const plans = new SchemaCache(schema => ({
      sources: fields.map(name => schema.field(name)),
      rest: moves ? restOf(schema, moved, defaults) : null,
    }))

    const fromMap = <R extends ConnectRecord>(record: R): R => {
      const map = requireMap(operand.value(record), purpose)
      const headers = headersOf(record)
      for (let i = 0; i < fields.length; i++) headers.add(names[i]!, getEntry(map, fields[i]!), null)
      const copy = copier.copy(map)
      return replaced(operand, record, null, moves ? withoutEntries(copy, moved) : copy, headers)
    }

    const fromStruct = <R extends ConnectRecord>(record: R, schema: Schema): R => {
      const struct = requireStruct(operand.value(record), purpose, schema)
      const { sources, rest } = plans.get(schema)
      const left = rest === null ? struct : new Struct(rest.target, rest.copy.values(struct))
      const headers = headersOf(record)
      for (let i = 0; i < sources.length; i++) {
        const field = knownField(sources[i]!)
        const value = defaults ? struct.get(field.name) : struct.getWithoutDefault(field.name)
        headers.add(names[i]!, value, field.schema)
      }
      return replaced(operand, record, rest === null ? schema : rest.target, left, headers)
    }

    return {
      apply(record) {
        const schema = operand.schema(record)
        return schema === null ? fromMap(record) : fromStruct(record, schema)
      },
    }
  },
})

/** The schema without the fields that move, and how a struct gets there. */
function restOf(schema: Schema, moved: ReadonlySet<string>, defaults: boolean) {
  const builder = copySchemaBasics(schema, SchemaBuilder.struct())
  for (const field of schema.fields) if (!moved.has(field.name)) builder.field(field.name, field.schema)
  const target = builder.build()
  const sources = target.fields.map(field => sourceField(schema, field.name))
  return { target, copy: new StructCopy(target, sources, defaults) }
}

function knownField(field: Field | null): Field {
  if (field !== null) return field
  throw new NullPointerException(
    'Cannot invoke "org.apache.kafka.connect.data.Field.schema()" because the return value of "org.apache.kafka.connect.data.Schema.field(String)" is null',
  )
}

function headersOf(record: ConnectRecord): ConnectHeaders {
  return record.hasHeaders ? record.headers.duplicate() : new ConnectHeaders()
}

function replaced<R extends ConnectRecord>(
  operand: Operand,
  record: R,
  schema: Schema | null,
  content: unknown,
  headers: ConnectHeaders,
): R {
  const { topic, kafkaPartition, keySchema, key, valueSchema, value, timestamp } = record
  return operand === KEY
    ? record.newRecord(topic, kafkaPartition, schema, content, valueSchema, value, timestamp, headers)
    : record.newRecord(topic, kafkaPartition, keySchema, key, schema, content, timestamp, headers)
}

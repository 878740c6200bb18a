import {
  ConnectException,
  INT32_SCHEMA,
  INT64_SCHEMA,
  isPrimitive,
  type Schema,
  STRING_SCHEMA,
} from '#bunnect'
import type { SinkField } from '../dialects/writing.ts'
import type { SinkSettings } from './settings.ts'

const KAFKA_NAMES = ['__connect_topic', '__connect_partition', '__connect_offset']
const KAFKA_SCHEMAS = [STRING_SCHEMA, INT32_SCHEMA, INT64_SCHEMA]

/** Which columns the records of a schema have. Java: io.confluent.connect.jdbc.sink.metadata.FieldsMetadata */
export interface RecordFields {
  readonly keys: readonly SinkField[]
  readonly columns: readonly SinkField[]
  /** In the order of a new table: Kafka's coordinates, the value's fields, then the others by name. */
  readonly all: readonly SinkField[]
}

/** A null value schema is that of a record without a value: keys alone. @throws ConnectException */
export function recordFields(
  table: string,
  keySchema: Schema | null,
  valueSchema: Schema | null,
  settings: SinkSettings,
): RecordFields {
  const keys = keyFields(table, keySchema, valueSchema, settings)
  const named = new Set(keys.map(({ name }) => name))
  const columns = valueFields(valueSchema, settings).filter(
    ({ name }) => !named.has(name) && (settings.whitelist.size === 0 || settings.whitelist.has(name)),
  )
  const all = inTableOrder([...keys, ...columns], valueSchema)
  if (all.length === 0) {
    throw new ConnectException(`No fields found using key and value schemas for table: ${table}`, {
      hint: 'Does fields.whitelist name fields of the value? With pk.mode=none nothing else is written.',
    })
  }
  return { keys, columns, all }
}

function valueFields(schema: Schema | null, settings: SinkSettings): SinkField[] {
  if (schema === null) return []
  const fields = schema.type === 'STRUCT' ? schema.fields : [{ name: settings.stringColumn, schema }]
  return fields.map(field => ({
    name: field.name,
    schema: field.schema,
    primaryKey: false,
    timestamp: settings.timestampFields.has(field.name),
  }))
}

function keyFields(
  table: string,
  keySchema: Schema | null,
  valueSchema: Schema | null,
  settings: SinkSettings,
): SinkField[] {
  switch (settings.keyMode) {
    case 'none':
      return []
    case 'kafka':
      return kafkaKey(table, settings.keyFields)
    case 'record_key':
      return recordKey(table, keySchema, settings)
    case 'record_value':
      if (valueSchema === null) throw missingSchema(table, 'RECORD_VALUE', 'value')
      return structKey(table, 'RECORD_VALUE', 'value', valueSchema, settings)
  }
}

function kafkaKey(table: string, names: readonly string[]): SinkField[] {
  if (names.length !== 0 && names.length !== 3) {
    throw new ConnectException(
      `PK mode for table '${table}' is KAFKA so there should either be no field names defined for defaults ${listed(KAFKA_NAMES)} to be applicable, or exactly 3, defined fields are: ${listed(names)}`,
      { hint: 'Name the columns of topic, partition and offset in pk.fields, or leave it empty.' },
    )
  }
  return (names.length === 3 ? names : KAFKA_NAMES).map((name, i) => key(name, KAFKA_SCHEMAS[i]!))
}

function recordKey(table: string, schema: Schema | null, settings: SinkSettings): SinkField[] {
  if (schema === null) throw missingSchema(table, 'RECORD_KEY', 'key')
  if (isPrimitive(schema.type)) {
    if (settings.keyFields.length !== 1) {
      throw new ConnectException(
        `Need exactly one PK column defined since the key schema for records is a primitive type, defined columns are: ${listed(settings.keyFields)}`,
        { hint: `Name the one column of ${table} for the record key in pk.fields.` },
      )
    }
    return [key(settings.keyFields[0]!, schema, settings)]
  }
  if (schema.type !== 'STRUCT')
    throw new ConnectException(`Key schema must be primitive type or Struct, but is of type: ${schema.type}`)
  return structKey(table, 'RECORD_KEY', 'key', schema, settings)
}

function structKey(
  table: string,
  mode: string,
  part: 'key' | 'value',
  schema: Schema,
  settings: SinkSettings,
): SinkField[] {
  if (schema.type !== 'STRUCT') {
    throw new ConnectException(
      `PK mode for table '${table}' is ${mode}, but the record ${part} is no Struct`,
      {
        hint: 'Take pk.mode=record_key or kafka for values that are not structs.',
      },
    )
  }
  const { keyFields: names } = settings
  if (names.length === 0) return schema.fields.map(field => key(field.name, field.schema, settings))
  return names.map(name => {
    const field = schema.field(name)
    if (field === null) {
      throw new ConnectException(
        `PK mode for table '${table}' is ${mode} with configured PK fields ${listed(names)}, but record ${part} schema does not contain field: ${name}`,
        { hint: `The ${part} has: ${listed(schema.fields.map(each => each.name))}. Correct pk.fields.` },
      )
    }
    return key(name, field.schema, settings)
  })
}

function key(name: string, schema: Schema, settings?: SinkSettings): SinkField {
  return { name, schema, primaryKey: true, timestamp: settings?.timestampFields.has(name) ?? false }
}

function missingSchema(table: string, mode: string, part: 'key' | 'value'): ConnectException {
  return new ConnectException(
    `PK mode for table '${table}' is ${mode}, but record ${part} schema is missing`,
    {
      hint: `The ${part} converter has to give a schema (Avro, Protobuf, JSON Schema, or JSON with schemas.enable=true).`,
    },
  )
}

function inTableOrder(fields: readonly SinkField[], valueSchema: Schema | null): SinkField[] {
  const byName = new Map(fields.map(field => [field.name, field]))
  const valueNames = valueSchema?.type === 'STRUCT' ? valueSchema.fields.map(({ name }) => name) : []
  const others = [...byName.keys()].sort()
  const order = new Set([...KAFKA_NAMES, ...valueNames, ...others])
  return [...order].flatMap(name => byName.get(name) ?? [])
}

function listed(names: readonly string[]): string {
  return `[${names.join(', ')}]`
}

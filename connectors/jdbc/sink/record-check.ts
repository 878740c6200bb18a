import { ConnectException, isPrimitive, type Schema, type SinkRecord, Struct } from '#bunnect'
import type { SinkSettings } from './settings.ts'

/** Refuses records that the keys of the sink do not fit. Java: io.confluent.connect.jdbc.sink.RecordValidator */
export function recordCheck(settings: SinkSettings): (record: SinkRecord) => void {
  const needsKey = settings.keyMode === 'record_key' || settings.deletes
  const needsValue = settings.keyMode === 'none' || settings.keyMode === 'record_value'
  // Schemas are few and come again with each record.
  let checked: Schema | null = null
  return record => {
    if (needsKey) checkKey(record, settings)
    const { value, valueSchema } = record
    if (value === null || value === undefined) {
      if (needsValue && !settings.deletes) throw badValue(record, settings, NO_VALUE)
      return
    }
    if (valueSchema === null) throw badValue(record, settings, NO_SCHEMA)
    if (valueSchema !== checked) checkSchema(record, valueSchema, settings)
    checked = valueSchema
    if (valueSchema.type === 'STRUCT' && !(value instanceof Struct))
      throw badValue(record, settings, NO_SCHEMA)
  }
}

const NO_SCHEMA =
  'The value converter has to give a schema: Avro, Protobuf, JSON Schema, or JSON with schemas.enable=true and a schema in each message.'
const NO_VALUE =
  'A record without a value can delete a row (delete.enabled=true with pk.mode=record_key), or be left out by a Filter with the predicate RecordIsTombstone.'

function checkSchema(record: SinkRecord, schema: Schema, settings: SinkSettings): void {
  if (schema.type === 'STRUCT') return
  if (schema.type !== 'STRING' || settings.keyMode === 'record_value')
    throw badValue(record, settings, 'HoistField makes a struct of a value that is none.')
  if (settings.structKeys.length > 0) {
    throw new ConnectException(
      `${settings.structKeys.join(', ')} ${settings.structKeys.length > 1 ? 'are' : 'is'} not applicable to String values, ${found(record)}`,
      { hint: 'Remove what concerns fields of structs, or make a struct of the value with HoistField.' },
    )
  }
}

function checkKey(record: SinkRecord, settings: SinkSettings): void {
  const { key, keySchema } = record
  if (key === null || key === undefined) {
    throw badKey(
      record,
      settings,
      'non-null record keys',
      'Give the records a key: where they are written, or with ValueToKey and ExtractField$Key.',
    )
  }
  if (keySchema === null) {
    throw badKey(
      record,
      settings,
      'non-null record keys with schemas',
      'The key converter has to give a schema: Avro, Protobuf, JSON Schema, a primitive one such as StringConverter, or JSON with schemas.enable=true.',
    )
  }
  if (!isPrimitive(keySchema.type) && keySchema.type !== 'STRUCT') {
    throw badKey(
      record,
      settings,
      'non-null record keys that are either structs or a single primitive value',
      'Take one value of it with a transformation of the key.',
    )
  }
}

function badKey(record: SinkRecord, settings: SinkSettings, what: string, hint: string): ConnectException {
  return new ConnectException(
    `${configured(settings)} and therefore requires ${what}, ${found(record, 'key')}`,
    {
      hint,
    },
  )
}

function badValue(record: SinkRecord, settings: SinkSettings, hint: string): ConnectException {
  return new ConnectException(
    `${configured(settings)} and therefore requires non-null record values with a schema of type Struct or String, ${found(record)}`,
    { hint },
  )
}

function configured({ connector, deletes, keyMode }: SinkSettings): string {
  return `The JDBC sink connector '${connector}' is configured with 'delete.enabled=${deletes}' and 'pk.mode=${keyMode}'`
}

function found(record: SinkRecord, part: 'key' | 'value' = 'value'): string {
  const schema = part === 'key' ? record.keySchema : record.valueSchema
  const { topic, kafkaPartition, kafkaOffset, timestamp } = record
  return (
    `but found record at (topic='${topic}',partition=${kafkaPartition},offset=${kafkaOffset},timestamp=${timestamp})` +
    ` with a ${kindOf(record[part])} ${part} and ${schema === null ? 'null' : schema.type} ${part} schema`
  )
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value !== 'object') return typeof value
  return value instanceof Map || Object.getPrototypeOf(value) === Object.prototype
    ? 'Map'
    : value.constructor.name
}

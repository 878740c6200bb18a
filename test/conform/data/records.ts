/** Vector records to ours and back. */
import { ConnectHeader, ConnectHeaders } from '../../../src/data/headers.ts'
import { Float64 } from '../../../src/data/numbers.ts'
import {
  type ConnectRecord,
  SinkRecord,
  SourceRecord,
  type TimestampType,
} from '../../../src/data/records.ts'
import type { Schema } from '../../../src/data/schema.ts'
import { Struct } from '../../../src/data/struct.ts'
import { fromSchema, fromValue, toSchema, toValue } from './values.ts'
import type { SchemaVector, TaggedValue } from './vectors.ts'

export interface RecordVector {
  kind: 'source' | 'sink'
  topic: string | null
  partition: number | null
  keySchema: SchemaVector | null
  key: TaggedValue
  valueSchema: SchemaVector | null
  value: TaggedValue
  timestamp: number | null
  headers: { key: string; schema: SchemaVector | null; value: TaggedValue }[]
  sourcePartition?: Record<string, string>
  sourceOffset?: Record<string, number>
  kafkaOffset?: number
  timestampType?: string
  originalTopic?: string
  originalKafkaPartition?: number
  originalKafkaOffset?: number
}

const TIMESTAMP_TYPES: readonly (readonly [string, TimestampType])[] = [
  ['NO_TIMESTAMP_TYPE', 'NoTimestampType'],
  ['CREATE_TIME', 'CreateTime'],
  ['LOG_APPEND_TIME', 'LogAppendTime'],
]

/** `form` is applied to key and value. */
export function toRecord(
  vector: RecordVector,
  form: (value: unknown) => unknown = value => value,
): ConnectRecord {
  const pair = (schemaVector: SchemaVector | null, tagged: TaggedValue): [Schema | null, unknown] => {
    const schema = toSchema(schemaVector)
    return [schema, form(toValue(tagged, schema))]
  }
  const { topic, partition, timestamp } = vector
  const [keySchema, key] = pair(vector.keySchema, vector.key)
  const [valueSchema, value] = pair(vector.valueSchema, vector.value)
  const headers = new ConnectHeaders(
    vector.headers.map(header => {
      const schema = toSchema(header.schema)
      return new ConnectHeader(header.key, schema, toValue(header.value, schema))
    }),
  )
  if (vector.kind === 'source') {
    const { sourcePartition = null, sourceOffset = null } = vector
    return new SourceRecord(
      sourcePartition,
      sourceOffset,
      topic,
      partition,
      keySchema,
      key,
      valueSchema,
      value,
      timestamp,
      headers,
    )
  }
  const type = TIMESTAMP_TYPES.find(([java]) => java === vector.timestampType)![1]
  const original = {
    topic: vector.originalTopic!,
    partition: vector.originalKafkaPartition!,
    offset: vector.originalKafkaOffset!,
  }
  return new SinkRecord(
    topic!,
    partition!,
    keySchema,
    key,
    valueSchema,
    value,
    vector.kafkaOffset!,
    timestamp,
    type,
    headers,
    original,
  )
}

export function fromRecord(record: ConnectRecord): unknown {
  const { topic, kafkaPartition, keySchema, key, valueSchema, value, timestamp } = record
  return {
    kind: record instanceof SourceRecord ? 'source' : 'sink',
    topic,
    partition: kafkaPartition,
    keySchema: fromSchema(keySchema),
    key: fromValue(key, keySchema),
    valueSchema: fromSchema(valueSchema),
    value: fromValue(value, valueSchema),
    timestamp,
    headers: [...record.headers].map(header => ({
      key: header.key,
      schema: fromSchema(header.schema),
      value: fromValue(header.value, header.schema),
    })),
    ...ofDirection(record),
  }
}

function ofDirection(record: ConnectRecord): object {
  if (record instanceof SourceRecord) {
    const { sourcePartition, sourceOffset } = record
    return { sourcePartition, sourceOffset }
  }
  const { kafkaOffset, timestampType, originalTopic, originalKafkaPartition, originalKafkaOffset } =
    record as SinkRecord
  return {
    kafkaOffset,
    timestampType: TIMESTAMP_TYPES.find(([, ours]) => ours === timestampType)![0],
    originalTopic,
    originalKafkaPartition,
    originalKafkaOffset,
  }
}

/** As converters give it: plain objects for maps with text keys, plain numbers where they tell their class. */
export function plainForm(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (value instanceof Float64) return Number.isSafeInteger(value.value) ? value : value.value
  if (Array.isArray(value)) return value.map(plainForm)
  if (value instanceof Map) {
    const entries = [...value].map(([key, content]) => [key, plainForm(content)] as const)
    return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries) : new Map(entries)
  }
  if (!(value instanceof Struct)) return value
  const struct = new Struct(value.schema)
  for (const field of value.schema.fields) {
    const content = value.getWithoutDefault(field)
    if (content !== null) struct.put(field, plainForm(content))
  }
  return struct
}

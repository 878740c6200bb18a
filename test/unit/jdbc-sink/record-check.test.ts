import { expect, test } from 'bun:test'
import { recordCheck } from '../../../connectors/jdbc/sink/record-check.ts'
import {
  type Config,
  INT32_SCHEMA,
  INT64_SCHEMA,
  SchemaBuilder,
  STRING_SCHEMA,
  Struct,
} from '../../../src/sdk/index.ts'
import { arrayOf } from './fields.ts'
import { type Parts, record, settingsOf } from './sink.ts'

const schema = SchemaBuilder.struct().field('a', INT64_SCHEMA).build()
const struct: Parts = { valueSchema: schema, value: new Struct(schema, [1]) }
const byKey = { 'pk.mode': 'record_key', 'pk.fields': 'id' }
const deletes = { ...byKey, 'delete.enabled': 'true' }

const good: [string, Config, Parts][] = [
  ['a struct', {}, struct],
  ['a string', {}, { valueSchema: STRING_SCHEMA, value: 'line' }],
  ['a struct with a key', byKey, { ...struct, keySchema: INT64_SCHEMA, key: 1 }],
  ['a tombstone with a key', deletes, { keySchema: INT64_SCHEMA, key: 1 }],
  ['a tombstone by its place', { 'pk.mode': 'kafka' }, {}],
  ['a struct with keys for its fields', { 'fields.whitelist': 'a' }, struct],
]
test.each(good)('takes %s', (_name, config, parts) => {
  recordCheck(settingsOf(config))(record(parts))
})

const bad: [string, Config, Parts, string][] = [
  ['a tombstone', {}, {}, 'with a null value and null value schema'],
  [
    'a tombstone',
    { 'pk.mode': 'record_value' },
    {},
    "'pk.mode=record_value' and therefore requires non-null record values",
  ],
  ['a map', {}, { value: { a: 1 } }, 'with a Map value and null value schema'],
  [
    'a map by its place',
    { 'pk.mode': 'kafka' },
    { value: new Map() },
    'with a Map value and null value schema',
  ],
  ['a number', {}, { valueSchema: INT32_SCHEMA, value: 42 }, 'of type Struct or String'],
  [
    'a record without a key',
    byKey,
    struct,
    "requires non-null record keys, but found record at (topic='orders',partition=3,offset=17",
  ],
  ['a key without a schema', byKey, { ...struct, key: 'k' }, 'requires non-null record keys with schemas'],
  [
    'a key that is an array',
    byKey,
    { ...struct, keySchema: arrayOf(INT64_SCHEMA), key: [1] },
    'either structs or a single primitive value',
  ],
  [
    'a string with keys for fields',
    { 'fields.whitelist': 'a', 'timestamp.fields.list': 'b', 'timestamp.precision.mode': 'nanoseconds' },
    { valueSchema: STRING_SCHEMA, value: 'line' },
    'fields.whitelist, timestamp.fields.list, timestamp.precision.mode are not applicable to String values',
  ],
]
test.each(bad)('refuses %s, config %j', (_name, config, parts, message) => {
  expect(() => recordCheck(settingsOf(config))(record({ ...parts, partition: 3, offset: 17 }))).toThrow(
    message,
  )
})

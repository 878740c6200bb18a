import { expect, test } from 'bun:test'
import { recordFields } from '../../../connectors/jdbc/sink/record-fields.ts'
import {
  type Config,
  INT64_SCHEMA,
  type Schema,
  SchemaBuilder,
  STRING_SCHEMA,
} from '../../../src/sdk/index.ts'
import { arrayOf } from './fields.ts'
import { settingsOf } from './sink.ts'

const value = SchemaBuilder.struct()
  .field('b', STRING_SCHEMA)
  .field('a', INT64_SCHEMA)
  .field('id', INT64_SCHEMA)
  .build()
const key = SchemaBuilder.struct().field('id', INT64_SCHEMA).field('shop', STRING_SCHEMA).build()

function names(config: Config, keySchema: Schema | null, valueSchema: Schema | null) {
  const { keys, columns, all } = recordFields('t', keySchema, valueSchema, settingsOf(config))
  const of = (fields: typeof all) => fields.map(field => field.name).join(',')
  return [of(keys), of(columns), of(all)]
}

const cases: [string, Config, Schema | null, Schema | null, string[]][] = [
  ['none has no key', {}, key, value, ['', 'b,a,id', 'b,a,id']],
  [
    'kafka has names of its own, in front',
    { 'pk.mode': 'kafka' },
    null,
    value,
    [
      '__connect_topic,__connect_partition,__connect_offset',
      'b,a,id',
      '__connect_topic,__connect_partition,__connect_offset,b,a,id',
    ],
  ],
  [
    'kafka takes three others, which stand behind the value by name',
    { 'pk.mode': 'kafka', 'pk.fields': 't,p,o' },
    null,
    value,
    ['t,p,o', 'b,a,id', 'b,a,id,o,p,t'],
  ],
  [
    'a key of one value has the one name',
    { 'pk.mode': 'record_key', 'pk.fields': 'key' },
    INT64_SCHEMA,
    value,
    ['key', 'b,a,id', 'b,a,id,key'],
  ],
  [
    'a struct gives all its fields, of which the value has one as well',
    { 'pk.mode': 'record_key' },
    key,
    value,
    ['id,shop', 'b,a', 'b,a,id,shop'],
  ],
  [
    'or those named',
    { 'pk.mode': 'record_key', 'pk.fields': 'shop' },
    key,
    value,
    ['shop', 'b,a,id', 'b,a,id,shop'],
  ],
  ['the value gives all', { 'pk.mode': 'record_value' }, null, value, ['b,a,id', '', 'b,a,id']],
  ['or those named', { 'pk.mode': 'record_value', 'pk.fields': 'id' }, null, value, ['id', 'b,a', 'b,a,id']],
  [
    'the whitelist is for the others',
    { 'pk.mode': 'record_value', 'pk.fields': 'id', 'fields.whitelist': 'a' },
    null,
    value,
    ['id', 'a', 'a,id'],
  ],
  ['a string has its column', {}, null, STRING_SCHEMA, ['', 'record_value', 'record_value']],
  [
    'whose name can be chosen',
    { 'pk.mode': 'record_key', 'pk.fields': 'id', 'string.output.value.column.name': 'line' },
    INT64_SCHEMA,
    STRING_SCHEMA,
    ['id', 'line', 'id,line'],
  ],
  ['a tombstone has its key', { 'pk.mode': 'record_key' }, key, null, ['id,shop', '', 'id,shop']],
]
test.each(cases)('%s', (_name, config, keySchema, valueSchema, expected) => {
  expect(names(config, keySchema, valueSchema)).toEqual(expected)
})

const refusals: [string, Config, Schema | null, Schema | null][] = [
  ['should either be no field names defined', { 'pk.mode': 'kafka', 'pk.fields': 'a,b' }, null, value],
  [
    "PK mode for table 't' is RECORD_KEY, but record key schema is missing",
    { 'pk.mode': 'record_key' },
    null,
    value,
  ],
  [
    'Need exactly one PK column defined since the key schema',
    { 'pk.mode': 'record_key' },
    INT64_SCHEMA,
    value,
  ],
  [
    'Key schema must be primitive type or Struct, but is of type: ARRAY',
    { 'pk.mode': 'record_key' },
    arrayOf(INT64_SCHEMA),
    value,
  ],
  [
    'configured PK fields [nope], but record key schema does not contain field: nope',
    { 'pk.mode': 'record_key', 'pk.fields': 'nope' },
    key,
    value,
  ],
  [
    'configured PK fields [nope], but record value schema does not contain field: nope',
    { 'pk.mode': 'record_value', 'pk.fields': 'nope' },
    null,
    value,
  ],
  ['is RECORD_VALUE, but record value schema is missing', { 'pk.mode': 'record_value' }, null, null],
  ['is RECORD_VALUE, but the record value is no Struct', { 'pk.mode': 'record_value' }, null, STRING_SCHEMA],
  ['No fields found using key and value schemas for table: t', { 'fields.whitelist': 'nope' }, null, value],
]
test.each(refusals)('refuses: %s', (message, config, keySchema, valueSchema) => {
  expect(() => names(config, keySchema, valueSchema)).toThrow(message)
})

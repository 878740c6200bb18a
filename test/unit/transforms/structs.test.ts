/** Structs that vectors cannot show: schemas of the record and of its value that differ, and what stays shared. */
import { expect, test } from 'bun:test'
import { parseConfig } from '../../../src/config/validate.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import {
  INT32_SCHEMA,
  INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  type Schema,
  STRING_SCHEMA,
} from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import type { Config } from '../../../src/sdk/plugin.ts'
import { builtInTransformations } from '../../../src/transforms/index.ts'

function transformation(name: string, config: Config) {
  const className = `org.apache.kafka.connect.transforms.${name}`
  const plugin = builtInTransformations.find(each => each.className === className)!
  return plugin.create(parseConfig(plugin.config, config), config)
}

function transformed(name: string, config: Config, schema: Schema | null, value: unknown): SourceRecord {
  const record = new SourceRecord(null, null, 't', 3, null, null, schema, value, 99)
  return transformation(name, config).apply(record) as SourceRecord
}

const schema = SchemaBuilder.struct().field('i', INT32_SCHEMA).field('s', OPTIONAL_STRING_SCHEMA).build()
const struct = () => new Struct(schema).put('i', 1).put('s', 'x')

test('records of equal schemas get the same schema', () => {
  const insert = transformation('InsertField$Value', { 'topic.field': 'topic' })
  const again = SchemaBuilder.struct().field('i', INT32_SCHEMA).field('s', OPTIONAL_STRING_SCHEMA).build()
  const [first, second] = [schema, again].map(of => {
    const value = new Struct(of).put('i', 1)
    return insert.apply(new SourceRecord(null, null, 't', 0, null, null, of, value)) as SourceRecord
  })
  expect(second!.valueSchema).toBe(first!.valueSchema!)
  expect((second!.value as Struct).schema).toBe(second!.valueSchema!)
})

test('the source keeps its value', () => {
  const source = struct()
  transformed('MaskField$Value', { fields: 'i,s' }, schema, source)
  transformed('Cast$Value', { spec: 'i:string' }, schema, source)
  expect(source).toEqual(struct())
  const map = { i: 1 }
  transformed('InsertField$Value', { 'topic.field': 'i' }, null, map)
  expect(map).toEqual({ i: 1 })
})

test('a required field that was never set is refused', () => {
  expect(() => transformed('ReplaceField$Value', {}, schema, new Struct(schema))).toThrow(
    'Invalid value: null used for required field: "i", schema type: INT32',
  )
  expect(() => transformed('HoistField$Value', { field: 'h' }, schema, new Struct(schema))).toThrow(
    'Invalid value: null used for required field: "i", schema type: INT32',
  )
})

test('Cast goes by the schema of the record, and its value may have fewer fields', () => {
  const wider = SchemaBuilder.struct()
    .field('s', OPTIONAL_STRING_SCHEMA)
    .field('i', INT32_SCHEMA)
    .field('l', INT64_SCHEMA)
    .build()
  const { value } = transformed('Cast$Value', { spec: 'i:string' }, wider, struct())
  expect(String(value)).toBe('Struct{s=x,i=1}')
  const narrower = SchemaBuilder.struct().field('i', INT32_SCHEMA).build()
  expect(() => transformed('Cast$Value', { spec: 'i:string' }, narrower, struct())).toThrow(
    'field cannot be null.',
  )
})

test('a value that does not suit the field of its name is refused', () => {
  const other = SchemaBuilder.struct().field('i', STRING_SCHEMA).field('s', OPTIONAL_STRING_SCHEMA).build()
  expect(() => transformed('Cast$Value', { spec: 's:string' }, other, struct())).toThrow(
    'Invalid Java object for schema with type STRING: class java.lang.Integer for field: "i"',
  )
})

test('numbers beyond 2^53 stay what they are', () => {
  const long = SchemaBuilder.struct().field('l', INT64_SCHEMA).build()
  const value = new Struct(long).put('l', 9007199254740993n)
  const cast = transformed('Cast$Value', { spec: 'l:string' }, long, value).value as Struct
  expect(cast.get('l')).toBe('9007199254740993')
  const back = transformed('Cast$Value', { spec: 'l:int64' }, cast.schema, cast).value as Struct
  expect(back.get('l')).toBe(9007199254740993n)
})

test('a constant may be empty, and a suffix says whether a field is required', () => {
  const config = { 'static.field': 'c!', 'static.value': '', 'partition.field': 'p?' }
  const { valueSchema, value } = transformed('InsertField$Value', config, schema, struct())
  expect(valueSchema!.fields.slice(2).map(({ name, schema: of }) => [name, of.type, of.optional])).toEqual([
    ['p', 'INT32', true],
    ['c', 'STRING', false],
  ])
  expect((value as Struct).get('c')).toBe('')
})

test('a tombstone passes through InsertField, also without schema', () => {
  for (const of of [null, schema]) {
    const record = new SourceRecord(null, null, 't', 3, null, null, of, null, 99)
    expect(transformation('InsertField$Value', { 'topic.field': 't' }).apply(record)).toBe(record)
  }
})

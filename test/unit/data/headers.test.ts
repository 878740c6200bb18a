import { describe, expect, test } from 'bun:test'
import { ConnectHeader, ConnectHeaders } from '../../../src/data/headers.ts'
import { dateText } from '../../../src/data/java-text.ts'
import { DATE_SCHEMA, TIMESTAMP_SCHEMA } from '../../../src/data/logical.ts'
import { INT32_SCHEMA, INT64_SCHEMA, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { expectErrors } from './table.ts'

const some = (): ConnectHeaders => new ConnectHeaders().addString('a', '1').addInt('b', 2).addString('a', '3')
const keys = (headers: ConnectHeaders): string[] =>
  [...headers].map(header => `${header.key}=${header.value}`)

test('keeps order and repeated keys', () => expect(keys(some())).toEqual(['a=1', 'b=2', 'a=3']))
test('lastWithName and allWithName', () => {
  expect(some().lastWithName('a')?.value).toBe('3')
  expect(some().lastWithName('A')).toBeNull()
  expect(
    some()
      .allWithName('a')
      .map(header => header.value),
  ).toEqual(['1', '3'])
})
test('retainLatest of one key leaves the others', () => {
  const headers = some().addInt('b', 4).retainLatest('a')
  expect(keys(headers)).toEqual(['b=2', 'a=3', 'b=4'])
})
test('apply replaces and drops', () => {
  const headers = some().apply(header => (header.value === '1' ? null : header.rename('c')), 'a')
  expect(keys(headers)).toEqual(['b=2', 'c=3'])
})
test('a duplicate goes its own way', () => {
  const headers = some()
  const copy = headers.duplicate()
  copy.clear()
  expect([headers.size, copy.size, copy.isEmpty]).toEqual([3, 0, true])
})
test('a struct brings its schema', () => {
  const schema = SchemaBuilder.struct().field('x', INT32_SCHEMA).build()
  expect(new ConnectHeader('k', null, new Struct(schema)).schema).toBe(schema)
})
test('logical schemas take raw and logical values', () => {
  const headers = new ConnectHeaders()
    .add('days', 5, DATE_SCHEMA)
    .add('date', new Date(0), DATE_SCHEMA)
    .add('ms', 5n, TIMESTAMP_SCHEMA)
  expect(headers.size).toBe(3)
})
test('prints as in Java', () => {
  expect(String(new ConnectHeaders())).toBe('ConnectHeaders(headers=)')
  expect(String(new ConnectHeaders().add('h', 'x', STRING_SCHEMA))).toBe(
    'ConnectHeaders(headers=[ConnectHeader(key=h, value=x, schema=Schema{STRING})])',
  )
})
describe('refuses', () => {
  expectErrors([
    [
      'a date for a plain INT64',
      () => new ConnectHeaders().add('k', new Date(0), INT64_SCHEMA),
      `The value ${dateText(new Date(0))} is not compatible with the schema Schema{INT64}`,
    ],
    [
      'a list with a map schema',
      () => new ConnectHeaders().addList('k', [], SchemaBuilder.map(STRING_SCHEMA, STRING_SCHEMA).build()),
      'Expecting ARRAY but instead found MAP',
    ],
    [
      'a date with a time of day',
      () => new ConnectHeaders().addDate('k', new Date(1)),
      'Kafka Connect Date type should not have any time fields set to non-zero values.',
    ],
  ])
})

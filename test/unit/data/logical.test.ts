import { describe, expect, test } from 'bun:test'
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { decimalFromBytes, decimalSchema, decimalToBytes } from '../../../src/data/decimal.ts'
import {
  DATE_SCHEMA,
  dateFromInt,
  dateToInt,
  TIME_SCHEMA,
  TIMESTAMP_SCHEMA,
  timeFromInt,
  timestampFromLong,
  timestampToLong,
  timeToInt,
} from '../../../src/data/logical.ts'
import { BYTES_SCHEMA, INT32_SCHEMA, INT64_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { expectErrors } from './table.ts'

test('days before 1970 are negative', () => {
  expect(dateToInt(DATE_SCHEMA, new Date('1969-12-31'))).toBe(-1)
  expect(dateFromInt(DATE_SCHEMA, -1)).toEqual(new Date('1969-12-31'))
})

test('a decimal comes back from its bytes', () => {
  const value = new BigDecimal(-12345678901234567890n, 4)
  const schema = decimalSchema(4)
  expect(decimalFromBytes(schema, decimalToBytes(schema, value))).toEqual(value)
})

const outside = 'lies outside the years -271821 to 275760'
const noDate = new Date('no date')

describe('refuses', () => {
  expectErrors([
    [
      'a schema of another name',
      () => dateToInt(INT32_SCHEMA, new Date(0)),
      'Requested conversion of Date object but the schema does not match.',
    ],
    [
      'the same for Time',
      () => timeFromInt(INT32_SCHEMA, 0),
      'Requested conversion of Time object but the schema does not match.',
    ],
    [
      'the same for Timestamp',
      () => timestampToLong(INT64_SCHEMA, new Date(0)),
      'Requested conversion of Timestamp object but the schema does not match.',
    ],
    [
      'a timestamp that JavaScript cannot hold',
      () => timestampFromLong(TIMESTAMP_SCHEMA, 2n ** 62n),
      `Timestamp of ${2n ** 62n} ms ${outside}`,
    ],
    [
      'a day that JavaScript cannot hold',
      () => dateFromInt(DATE_SCHEMA, 2 ** 31 - 1),
      `Date of day 2147483647 ${outside}`,
    ],
    [
      'an invalid Date as Timestamp',
      () => timestampToLong(TIMESTAMP_SCHEMA, noDate),
      'Invalid date: the Date object holds no instant',
    ],
    [
      'an invalid Date as Time',
      () => timeToInt(TIME_SCHEMA, noDate),
      'Invalid date: the Date object holds no instant',
    ],
    [
      'a decimal schema without scale',
      () => decimalFromBytes(SchemaBuilder.bytes().parameter('x', '1').build(), Buffer.of(1)),
      'Invalid Decimal schema: scale parameter not found.',
    ],
    [
      'a scale that is no number',
      () => decimalFromBytes(SchemaBuilder.bytes().parameter('scale', 'x').build(), Buffer.of(1)),
      'Invalid scale parameter found in Decimal schema: ',
    ],
  ])
})

test('a schema without parameters gives the JVM’s null pointer', () => {
  expect(() => decimalFromBytes(BYTES_SCHEMA, Buffer.of(1))).toThrow(
    'Cannot invoke "java.util.Map.get(Object)"',
  )
})

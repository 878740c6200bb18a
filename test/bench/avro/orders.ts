import { timestampBuilder } from '../../../src/data/logical.ts'
import { int64 } from '../../../src/data/numbers.ts'
import {
  BOOLEAN_SCHEMA,
  FLOAT64_SCHEMA,
  INT32_SCHEMA,
  INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  STRING_SCHEMA,
} from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'

export const DISTINCT = 2000

/** 10 fields: numbers of every size, texts, one of them seldom there. */
export const orderSchema = SchemaBuilder.struct()
  .name('bench.Order')
  .field('id', INT64_SCHEMA)
  .field('customer', INT32_SCHEMA)
  .field('name', STRING_SCHEMA)
  .field('email', OPTIONAL_STRING_SCHEMA)
  .field('price', FLOAT64_SCHEMA)
  .field('quantity', INT32_SCHEMA)
  .field('paid', BOOLEAN_SCHEMA)
  .field('created', timestampBuilder().build())
  .field('note', OPTIONAL_STRING_SCHEMA)
  .field('serial', INT64_SCHEMA)
  .build()

/** The same as in AvroRates.java. */
export function order(i: number): Struct {
  return new Struct(orderSchema, [
    i * 1_000_003,
    i - 1000,
    `customer number ${i}`,
    i % 3 === 0 ? null : `c${i}@example.org`,
    i * 1.25,
    i % 100,
    i % 2 === 0,
    new Date(1_700_000_000_000 + i * 1001),
    i % 5 === 0 ? `please leave it at the door of number ${i}` : null,
    int64((1n << 52n) * BigInt(i % 5) + BigInt(i)),
  ])
}

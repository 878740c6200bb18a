import { describe, expect, test } from 'bun:test'
import {
  BigDecimal,
  decimalBuilder,
  decimalSchema,
  FLOAT32_SCHEMA,
  SchemaBuilder,
} from '../../../src/sdk/index.ts'
import { put, record, struct, structOf, targetOf } from './sink-ground.ts'

const item = struct({ item: SchemaBuilder.string() })

describe('keys of more digits than a double tells apart, in MariaDB', () => {
  const target = targetOf('mariadb')

  const FIRST = 10n ** 17n
  const BY_KEY = { 'pk.mode': 'record_key', 'pk.fields': 'id', 'delete.enabled': 'true' }
  const KEY = decimalSchema(2)
  /** Two digits of the number stand behind the point. */
  const keyed = (table: string, id: bigint, values: Record<string, unknown> | null) =>
    record(table, [KEY, new BigDecimal(id, 2)], item, values)
  const filled = async (table: string, type: string) => {
    await target.query(`CREATE TABLE ${table} (id ${type}, item TEXT)`)
    const rows = [0, 1, 2, 3].map(n => `(${FIRST + BigInt(n)}, 'old')`)
    await target.query(`INSERT INTO ${table} VALUES ${rows.join(',')}`)
  }
  const rowsOf = async (table: string) =>
    (await target.query(`SELECT CAST(id AS CHAR) AS id, item FROM ${table} ORDER BY id, item`)).map(
      row => `${row['id']} ${row['item']}`,
    )
  const all = (item: string, ...ns: number[]) => ns.map(n => `${FIRST + BigInt(n)} ${item}`)

  test.each(['DECIMAL(20,0)', 'BIGINT'])('one row of %s is deleted, and two', async type => {
    const table = `gone_${type.slice(0, 3)}`
    await filled(table, type)
    await put(target, BY_KEY, [keyed(table, (FIRST + 1n) * 100n, null)])
    expect(await rowsOf(table)).toEqual(all('old', 0, 2, 3))
    await put(
      target,
      BY_KEY,
      [0n, 3n].map(n => keyed(table, (FIRST + n) * 100n, null)),
    )
    expect(await rowsOf(table)).toEqual(all('old', 2))
  })

  test.each(['DECIMAL(20,0)', 'BIGINT'])('one row of %s is updated', async type => {
    const table = `changed_${type.slice(0, 3)}`
    await filled(table, type)
    const update = { ...BY_KEY, 'insert.mode': 'update' }
    await put(target, update, [keyed(table, (FIRST + 1n) * 100n, { item: 'new' })])
    expect((await rowsOf(table)).filter(row => row.endsWith('new'))).toEqual(all('new', 1))
  })

  test('a float finds its row, and goes into a text with its own digits', async () => {
    await target.query('CREATE TABLE singles (id FLOAT, f TEXT, item TEXT)')
    const value = struct({ f: SchemaBuilder.float32(), item: SchemaBuilder.string() })
    const row = (id: number, values: Record<string, unknown> | null) =>
      record('singles', [FLOAT32_SCHEMA, Math.fround(id)], value, values)
    await put(
      target,
      BY_KEY,
      [0.1, 0.7].map(f => row(f, { f: Math.fround(f), item: 'a' })),
    )
    expect(await target.query('SELECT f FROM singles ORDER BY f')).toEqual([{ f: '0.1' }, { f: '0.7' }])
    await put(target, BY_KEY, [row(0.1, null)])
    expect(await target.query('SELECT f FROM singles')).toEqual([{ f: '0.7' }])
  })

  test('a key of two columns', async () => {
    await target.query('CREATE TABLE paired (id DECIMAL(40,20), part BIGINT, item TEXT)')
    const digits = (n: number) => `12345678901234567890.0000000000000000000${n}`
    await target.query(
      `INSERT INTO paired VALUES ${[1, 2, 3].map(n => `(${digits(n)}, 7, 'old')`).join(',')}`,
    )
    const pair = struct({ id: decimalBuilder(20), part: SchemaBuilder.int64() })
    const key = (n: number) =>
      structOf(pair, { id: new BigDecimal(BigInt(digits(n).replace('.', '')), 20), part: 7 })
    const config = { ...BY_KEY, 'pk.fields': 'id,part' }
    await put(
      target,
      config,
      [1, 3].map(n => record('paired', [pair, key(n)], item, null)),
    )
    expect(await rowsOf('paired')).toEqual([`${digits(2)} old`])
  })
})

describe('keys that hold a null, in Postgres', () => {
  const target = targetOf('postgres')

  test('are distinct: every row stays', async () => {
    await target.query('CREATE TABLE open_ended (id BIGINT UNIQUE, item TEXT)')
    const schema = struct({ id: SchemaBuilder.int64().optional(), item: SchemaBuilder.string() })
    const row = (id: number | null, item: string) => record('open_ended', null, schema, { id, item })
    const config = { 'pk.mode': 'record_value', 'pk.fields': 'id', 'insert.mode': 'upsert' }
    await put(target, config, [row(null, 'a'), row(1, 'b'), row(null, 'c'), row(1, 'd'), row(null, 'e')])
    const rows = await target.query('SELECT item FROM open_ended ORDER BY item')
    expect(rows.map(({ item }) => item)).toEqual(['a', 'c', 'd', 'e'])
  })

  test('in a part of them', async () => {
    await target.query('CREATE TABLE halves (id BIGINT, part BIGINT, item TEXT, UNIQUE (id, part))')
    const schema = struct({
      id: SchemaBuilder.int64(),
      part: SchemaBuilder.int64().optional(),
      item: SchemaBuilder.string(),
    })
    const row = (part: number | null, item: string) => record('halves', null, schema, { id: 1, part, item })
    const config = { 'pk.mode': 'record_value', 'pk.fields': 'id,part', 'insert.mode': 'upsert' }
    await put(target, config, [row(null, 'a'), row(2, 'b'), row(null, 'c'), row(2, 'd')])
    const rows = await target.query('SELECT item FROM halves ORDER BY item')
    expect(rows.map(({ item }) => item)).toEqual(['a', 'c', 'd'])
  })
})

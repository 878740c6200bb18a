/** What SQL Server is asked, and what its columns become. */
import { afterEach, describe, expect, test } from 'bun:test'
import { dialectFor } from '../../../connectors/jdbc/dialects/index.ts'
import type { ReadingOptions } from '../../../connectors/jdbc/dialects/reading.ts'
import { sqlServerWriting } from '../../../connectors/jdbc/dialects/sqlserver/writing.ts'
import type { WriteTarget } from '../../../connectors/jdbc/dialects/writing.ts'
import type { Connection, ResultColumn } from '../../../connectors/jdbc/drivers/connection.ts'
import { isolationStatement } from '../../../connectors/jdbc/source/source-connection.ts'
import {
  BYTES_SCHEMA,
  decimalBuilder,
  INT64_SCHEMA,
  type Schema,
  STRING_SCHEMA,
  timestampBuilder,
} from '../../../src/sdk/index.ts'
import { field, OPTIONS } from '../jdbc-sink/fields.ts'
import { startTdsPeer, type TdsPeer } from './tds-peer.ts'
import { columns, ended, INT, int, NVARCHAR, nvarchar, row } from './tds-tokens.ts'

const dialect = dialectFor('jdbc:sqlserver://db')
const options: ReadingOptions = {
  numericMapping: 'none',
  timestampGranularity: 'connect_logical',
  timeZone: 'UTC',
  calendar: 'LEGACY',
}
const of = (type: string, more: Partial<ResultColumn> = {}): ResultColumn => ({
  ...{ name: 'c', type, nullable: false, precision: null, scale: null, unsigned: false },
  ...more,
})

describe('fields', () => {
  const schemaOf = (column: ResultColumn, more: Partial<ReadingOptions> = {}) => {
    const schema = dialect.reading.column(column, { ...options, ...more })?.schema
    return schema === undefined ? null : (schema.name?.split('.').at(-1) ?? schema.type)
  }
  test.each([
    ['bit', 'INT8'],
    ['tinyint', 'INT16'],
    ['smallint', 'INT16'],
    ['int', 'INT32'],
    ['bigint', 'INT64'],
    ['real', 'FLOAT32'],
    ['float', 'FLOAT64'],
    ['decimal', 'Decimal'],
    ['numeric', 'Decimal'],
    ['money', 'Decimal'],
    ['smallmoney', 'Decimal'],
    ['char', 'STRING'],
    ['varchar', 'STRING'],
    ['text', 'STRING'],
    ['nchar', 'STRING'],
    ['nvarchar', 'STRING'],
    ['ntext', 'STRING'],
    ['xml', 'STRING'],
    ['uniqueidentifier', 'STRING'],
    ['binary', 'BYTES'],
    ['varbinary', 'BYTES'],
    ['image', 'BYTES'],
    ['timestamp', 'BYTES'],
    ['hierarchyid', 'BYTES'],
    ['date', 'Date'],
    ['time', 'Time'],
    ['datetime', 'Timestamp'],
    ['smalldatetime', 'Timestamp'],
    ['datetime2', 'Timestamp'],
    ['datetimeoffset', 'Timestamp'],
    ['sql_variant', null],
    ['geometry', null],
    ['geography', null],
  ])('%s is %p', (type, expected) => {
    expect(schemaOf(of(type))).toBe(expected)
  })

  test('numeric.mapping is for NUMERIC, not for DECIMAL', () => {
    const size = { precision: 9, scale: 0 }
    expect(schemaOf(of('numeric', size), { numericMapping: 'best_fit' })).toBe('INT32')
    expect(schemaOf(of('decimal', size), { numericMapping: 'best_fit' })).toBe('Decimal')
  })

  test('a null makes the field optional', () => {
    expect(dialect.reading.column(of('int', { nullable: true }), options)!.schema.optional).toBe(true)
    expect(dialect.reading.column(of('int'), options)!.schema.optional).toBe(false)
    expect(dialect.reading.column(of('int', { nullable: null }), options)!.schema.optional).toBe(true)
  })
})

describe('timestamps that a table is read by', () => {
  test('travel with the digits of a datetime2', () => {
    const value = dialect.reading.timestampValue('UTC')
    expect(value({ seconds: 0, nanos: 123_456_700 })).toBe('1970-01-01 00:00:00.1234567')
    expect(value({ seconds: 0, nanos: 123_456_789 })).toBe('1970-01-01 00:00:00.1234567')
    expect(value({ seconds: 0, nanos: 5_000_000 })).toBe('1970-01-01 00:00:00.005000')
    expect(dialect.reading.timestampValue('Europe/Berlin')({ seconds: 0, nanos: 0 })).toBe(
      '1970-01-01 01:00:00.000000',
    )
    expect(dialect.reading.comparable!.parameter('?', '[c]')).toBe('CONVERT(datetime2,?)')
  })

  test('are not those that would be read again and again, or shifted', () => {
    const reader = (type: string, timeZone = 'UTC') =>
      dialect.reading.timestampReader(of(type), { ...options, timeZone })
    expect(() => reader('datetime')).toThrow('DATETIME is not supported. Use DATETIME2 instead.')
    expect(() => reader('datetimeoffset', 'Europe/Berlin')).toThrow('db.timezone=Europe/Berlin')
    expect(reader('datetimeoffset')('2024-02-29 00:30:00.1234567 +05:30')).toEqual({
      seconds: 1709146800,
      nanos: 123456700,
    })
    expect(reader('datetime2', 'Europe/Berlin')('2024-02-29 00:30:00')).toEqual({
      seconds: 1709163000,
      nanos: 0,
    })
  })
})

test('names', () => {
  expect(dialect.tableId('[my db].[d]]b].t')).toEqual({ catalog: 'my db', schema: 'd]b', name: 't' })
  expect(dialect.tableId('dbo."t.x"')).toEqual({ catalog: null, schema: 'dbo', name: 't.x' })
  const table = { catalog: 'shop', schema: 'dbo', name: 'a]b' }
  expect(dialect.nameParts(table).join('.')).toBe('shop.dbo.a]b')
  expect(dialect.nameParts(table).map(dialect.quoted).join('.')).toBe('[shop].[dbo].[a]]b]')
})

test('isolation', () => {
  expect(isolationStatement(dialect, 'SQL_SERVER_SNAPSHOT')).toBe('SET TRANSACTION ISOLATION LEVEL SNAPSHOT')
  expect(isolationStatement(dialect, 'READ_UNCOMMITED')).toBe(
    'SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED',
  )
  expect(isolationStatement(dialect, 'DEFAULT')).toBeNull()
})

test('texts and nulls become datetimes and bytes where they do not by themselves', () => {
  const target: WriteTarget = {
    table: '[t]',
    keys: ['[id]'],
    columns: ['[at]', '[photo]', '[name]', '[price]'],
    types: ['datetime', 'smalldatetime', 'varbinary', 'nvarchar', 'money'],
    scales: [3, 0, null, null, 4],
  }
  const key = 'CONVERT(datetime,CONVERT(datetime2,?))'
  const at = 'CONVERT(smalldatetime,CONVERT(datetime2,?))'
  const row = `(${key},${at},CONVERT(varbinary(max),?),?,CONVERT(money,?))`
  expect(sqlServerWriting.insert(target, 2)).toBe(
    `INSERT INTO [t] ([id],[at],[photo],[name],[price]) VALUES ${row},${row}`,
  )
  expect(sqlServerWriting.upsert(target, 1, OPTIONS)).toContain(
    `using (values ${row}) AS incoming([id],[at],[photo],[name],[price])`,
  )
  expect(sqlServerWriting.update(target)).toBe(
    `UPDATE [t] SET [at] = ${at}, [photo] = CONVERT(varbinary(max),?), [name] = ?, [price] = CONVERT(money,?) WHERE [id] = ${key}`,
  )
  // A datetime2 would be no key of a datetime, and the row stay.
  expect(sqlServerWriting.delete(target, 2)).toBe(`DELETE FROM [t] WHERE [id] IN (${key},${key})`)
})

test('text is no bytes', () => {
  const fits = (schema: Schema, type: string) => sqlServerWriting.fits!(field(schema), type, OPTIONS)
  expect(fits(STRING_SCHEMA, 'varbinary')).toBe(false)
  expect(fits(decimalBuilder(2).build(), 'binary')).toBe(false)
  expect(fits(timestampBuilder().build(), 'image')).toBe(false)
  expect(fits(BYTES_SCHEMA, 'varbinary')).toBe(true)
  expect(fits(INT64_SCHEMA, 'varbinary')).toBe(true)
  expect(fits(STRING_SCHEMA, 'nvarchar')).toBe(true)
})

describe('the catalogue', () => {
  const open: (TdsPeer | Connection)[] = []
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close()
  })

  async function answering(answers: Buffer[]): Promise<{ peer: TdsPeer; connection: Connection }> {
    const peer = await startTdsPeer({
      answer: (_request, reply) => reply.end(Buffer.concat([answers.shift()!, ended()])),
    })
    open.push(peer)
    const url = `jdbc:sqlserver://127.0.0.1:${peer.port}`
    const connection = await dialect.connect({ url, user: 'u', password: 'p', properties: {} })
    open.push(connection)
    return { peer, connection }
  }
  const text = (name: string) => ({ name, type: NVARCHAR })
  const one = (...names: string[]) =>
    Buffer.concat([columns([text('name')]), ...names.map(name => row([nvarchar(name)]))])

  test('tables of the session, of every schema', async () => {
    const pairs = Buffer.concat([columns([text('s'), text('t')]), row([nvarchar('dbo'), nvarchar('orders')])])
    const { connection, peer } = await answering([one('shop]'), pairs])
    const filter = {
      catalogPattern: null,
      schemaPattern: null,
      types: ['TABLE', 'view', 'PARTITIONED TABLE'],
    }
    expect(await dialect.tables(connection, filter)).toEqual([
      { catalog: 'shop]', schema: 'dbo', name: 'orders' },
    ])
    expect(peer.requests.map(({ sql }) => sql.replace(/\s+/g, ' '))).toEqual([
      'SELECT DB_NAME()',
      "SELECT s.name, o.name FROM [shop]]].sys.objects o JOIN [shop]]].sys.schemas s ON s.schema_id = o.schema_id WHERE o.type IN ('U', 'V') ORDER BY 1, 2",
    ])
  })

  test('tables by patterns, in which a bracket is a bracket', async () => {
    const none = columns([text('s'), text('t')])
    const { connection, peer } = await answering([one('a', 'b'), none, none])
    const filter = { catalogPattern: 'sh\\_p%', schemaPattern: 'x[y]%', types: ['TABLE'] }
    expect(await dialect.tables(connection, filter)).toEqual([])
    expect(peer.requests.map(({ values }) => values)).toEqual([['sh\\_p%'], ['x\\[y]%'], ['x\\[y]%']])
    expect(peer.requests[1]!.sql).toContain("AND s.name LIKE @p1 ESCAPE '\\'")
    expect(await dialect.tables(connection, { ...filter, schemaPattern: '' })).toEqual([])
    expect(await dialect.tables(connection, { ...filter, types: ['SYNONYM'] })).toEqual([])
  })

  test('columns, with their key and what fills them', async () => {
    const kinds = ['nullable', 'precision', 'scale', 'length', 'identity', 'key', 'default']
    const head = columns([text('name'), text('type'), ...kinds.map(name => ({ name, type: INT }))])
    const of = (name: string, type: string, ...numbers: number[]) =>
      row([nvarchar(name), nvarchar(type), ...numbers.map(int)])
    const { connection, peer } = await answering([
      Buffer.concat([
        head,
        of('id', 'bigint', 0, 19, 0, 8, 1, 1, 1),
        of('name', 'nvarchar', 1, 0, 0, 100, 0, 0, 0),
        of('notes', 'varchar', 1, 0, 0, -1, 0, 0, 0),
        of('price', 'decimal', 1, 18, 2, 9, 0, 0, 1),
        of('small', 'tinyint', 0, 3, 0, 1, 0, 0, 0),
      ]),
      head,
    ])
    const plain = {
      nullable: true,
      precision: null,
      scale: 0,
      unsigned: false,
      autoIncrement: false,
      primaryKey: false,
      hasDefault: false,
    }
    expect(await dialect.columns(connection, { catalog: 'shop', schema: 'dbo', name: 'a]b' })).toEqual([
      {
        ...plain,
        name: 'id',
        type: 'bigint',
        nullable: false,
        precision: 19,
        autoIncrement: true,
        primaryKey: true,
        hasDefault: true,
      },
      { ...plain, name: 'name', type: 'nvarchar', precision: 50 },
      { ...plain, name: 'notes', type: 'varchar' },
      { ...plain, name: 'price', type: 'decimal', precision: 18, scale: 2, hasDefault: true },
      { ...plain, name: 'small', type: 'tinyint', nullable: false, precision: 3, unsigned: true },
    ])
    expect(await dialect.columns(connection, { catalog: null, schema: null, name: 't' })).toBeNull()
    expect(peer.requests.map(({ values }) => values)).toEqual([['[shop].[dbo].[a]]b]'], ['[t]']])
    expect(peer.requests[0]!.sql).toContain('FROM [shop].sys.columns c')
    expect(peer.requests[1]!.sql).toContain('FROM sys.columns c')
  })
})

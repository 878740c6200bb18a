/** Both connectors with a peer that knows one table of SQL Server. */
import { afterEach, expect, test } from 'bun:test'
import type { Struct } from '../../../src/sdk/index.ts'
import { SchemaBuilder, timestampBuilder } from '../../../src/sdk/index.ts'
import { record, startTask, struct } from '../../integration/jdbc/sink-ground.ts'
import { SourceRun } from '../../integration/jdbc/source-run.ts'
import { startTdsPeer, type TdsPeer } from './tds-peer.ts'
import type { TdsRequest } from './tds-requests.ts'
import {
  BIGINT,
  bigint,
  columns,
  DATETIME2,
  datetime2,
  ended,
  endedWithin,
  failedAndEnded,
  INT,
  int,
  NVARCHAR,
  nvarchar,
  row,
} from './tds-tokens.ts'

const open: { close?(): Promise<void>; stop?(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await (each.stop?.() ?? each.close?.())
})

const text = (name: string) => ({ name, type: NVARCHAR })
const NUMBERS = ['nullable', 'precision', 'scale', 'length', 'identity', 'key', 'default']
const CATALOGUE = columns([text('name'), text('type'), ...NUMBERS.map(name => ({ name, type: INT }))])
const column = (name: string, type: string, ...numbers: number[]) =>
  row([nvarchar(name), nvarchar(type), ...numbers.map(int)])
const TABLE = Buffer.concat([
  CATALOGUE,
  column('id', 'bigint', 0, 19, 0, 8, 1, 1, 1),
  column('changed', 'datetime2', 0, 27, 7, 8, 0, 0, 0),
  column('note', 'nvarchar', 1, 0, 0, 100, 0, 0, 0),
  ended(),
])

async function peerWith(answer: (request: TdsRequest) => Buffer | null): Promise<TdsPeer> {
  const peer = await startTdsPeer({
    answer: (request, reply) => {
      if (request.sql.includes('sys.columns')) return reply.end(TABLE)
      if (request.sql === 'SELECT DB_NAME()') {
        return reply.end(Buffer.concat([columns([text('')]), row([nvarchar('shop')]), ended(1)]))
      }
      if (request.sql.includes('sys.objects')) {
        const found = row([nvarchar('dbo'), nvarchar('orders')])
        return reply.end(Buffer.concat([columns([text('s'), text('t')]), found, ended(1)]))
      }
      return reply.end(answer(request) ?? ended())
    },
  })
  open.push(peer)
  return peer
}

const config = (peer: TdsPeer) => ({
  'connection.url': `jdbc:sqlserver://127.0.0.1:${peer.port};databaseName=shop`,
  'connection.user': 'u',
  'connection.password': 'p',
})

test('rows by time and number, the next ones from where the last stood', async () => {
  const fields = columns([
    { name: 'id', type: BIGINT, flags: 0 },
    { name: 'changed', type: DATETIME2, flags: 0 },
    { name: 'note', type: NVARCHAR },
  ])
  let reads = 0
  const peer = await peerWith(({ sql }) => {
    if (sql === 'SELECT SYSDATETIME()') {
      return Buffer.concat([
        columns([{ name: '', type: DATETIME2 }]),
        row([datetime2('2024-03-01', 36_000, 1_234_567)]),
        ended(1),
      ])
    }
    if (!sql.startsWith('SELECT *')) return null
    const rows =
      reads++ > 0
        ? []
        : [
            row([bigint(9007199254740993n), datetime2('2024-02-29', 86_399, 1_234_567), nvarchar('a')]),
            row([bigint(9007199254740994n), datetime2('2024-02-29', 86_399, 1_234_568), nvarchar('b')]),
          ]
    return Buffer.concat([fields, ...rows, ended(rows.length)])
  })
  const run = await SourceRun.start({
    ...config(peer),
    mode: 'timestamp+incrementing',
    'incrementing.column.name': 'id',
    'timestamp.column.name': 'changed',
    'timestamp.granularity': 'nanos_string',
    'transaction.isolation.mode': 'SQL_SERVER_SNAPSHOT',
    tables: '[shop].[dbo].[orders]',
  })
  open.push(run)
  await run.take(2)
  await run.until('the next query', () => reads > 1)
  expect(
    run.records.map(({ topic, sourcePartition, sourceOffset }) => ({ topic, sourcePartition, sourceOffset })),
  ).toEqual([
    {
      topic: 't-orders',
      sourcePartition: { protocol: '1', table: 'shop.dbo.orders' },
      sourceOffset: { incrementing: 9007199254740993n, timestamp: 1709251199123, timestamp_nanos: 123456700 },
    },
    {
      topic: 't-orders',
      sourcePartition: { protocol: '1', table: 'shop.dbo.orders' },
      sourceOffset: { incrementing: 9007199254740994n, timestamp: 1709251199123, timestamp_nanos: 123456800 },
    },
  ])
  expect((run.records[0]!.value as Struct).get('changed')).toBe('1709251199123456700')
  expect(peer.attentions).toBe(0)
  const statements = peer.requests.map(({ sql }) => sql)
  expect(statements[0]).toBe('SET TRANSACTION ISOLATION LEVEL SNAPSHOT')
  const queries = peer.requests.filter(({ sql }) => sql.startsWith('SELECT *'))
  const changed = '[changed]'
  const mark = (i: number) => `CONVERT(datetime2,@p${i})`
  expect(queries[0]!.sql).toBe(
    `SELECT * FROM [shop].[dbo].[orders] WHERE ${changed} < ${mark(1)} AND ((${changed} = ${mark(2)} AND [id] > @p3) OR ${changed} > ${mark(4)}) ORDER BY ${changed},[id] ASC`,
  )
  expect(queries[0]!.values).toEqual([
    '2024-03-01 10:00:00.123000',
    '1970-01-01 00:00:00.000000',
    -1n,
    '1970-01-01 00:00:00.000000',
  ])
  expect(queries[1]!.values.slice(1)).toEqual([
    '2024-02-29 23:59:59.1234568',
    9007199254740994n,
    '2024-02-29 23:59:59.1234568',
  ])
})

test('an upsert of keys that are one to the server is written row by row', async () => {
  let refusals = 0
  const peer = await peerWith(({ sql }) => {
    if (!sql.startsWith('merge')) return null
    return refusals++ === 0 ? failedAndEnded(2627, 'Violation of PRIMARY KEY constraint.') : endedWithin(1)
  })
  const task = startTask(
    { config: config(peer) },
    {
      topics: 'orders',
      'table.name.format': 'shop.dbo.${topic}',
      'insert.mode': 'upsert',
      'pk.mode': 'record_value',
      'pk.fields': 'id',
    },
  )
  open.push(task)
  const schema = struct({
    id: SchemaBuilder.int64(),
    changed: timestampBuilder(),
    note: SchemaBuilder.string().optional(),
  })
  const rowOf = (id: number, millis: number, note: string | null) =>
    record('orders', null, schema, { id, changed: new Date(millis), note })
  await task.put([rowOf(1, 0, 'a'), rowOf(2, 1, null), rowOf(1, 2, 'c')])
  const merge = (rows: string) =>
    `merge into [shop].[dbo].[orders] with (HOLDLOCK) AS target using (values ${rows}) AS incoming([id],[changed],[note]) on (target.[id]=incoming.[id]) when matched then update set [changed]=incoming.[changed],[note]=incoming.[note] when not matched then insert ([changed], [note], [id]) values (incoming.[changed],incoming.[note],incoming.[id]);`
  const asked = peer.requests
    .filter(({ sql }) => !/sys\.|DB_NAME/.test(sql))
    .map(({ sql, values }) => [sql, values])
  const two = [2n, '1970-01-01 00:00:00.001', null]
  const last = [1n, '1970-01-01 00:00:00.002', 'c']
  expect(asked).toEqual([
    [merge('(@p1,@p2,@p3),(@p4,@p5,@p6)'), [...two, ...last]],
    ['BEGIN TRANSACTION', []],
    [merge('(@p1,@p2,@p3)'), two],
    [merge('(@p1,@p2,@p3)'), last],
    ['COMMIT TRANSACTION', []],
  ])
})

test('a table that is missing is made with the types of SQL Server', async () => {
  let isThere = false
  const made: string[] = []
  const peer = await startTdsPeer({
    answer: ({ sql }, reply) => {
      if (sql.startsWith('CREATE')) {
        isThere = true
        made.push(sql)
      }
      if (sql.includes('sys.columns'))
        return reply.end(isThere ? TABLE : Buffer.concat([CATALOGUE, ended(0)]))
      if (sql === 'SELECT DB_NAME()')
        return reply.end(Buffer.concat([columns([text('')]), row([nvarchar('shop')]), ended(1)]))
      reply.end(sql.startsWith('INSERT') ? endedWithin(1) : ended())
    },
  })
  open.push(peer)
  const task = startTask(
    { config: config(peer) },
    { topics: 'orders', 'auto.create': 'true', 'pk.mode': 'record_value', 'pk.fields': 'id' },
  )
  open.push(task)
  const schema = struct({
    id: SchemaBuilder.int64(),
    changed: timestampBuilder(),
    note: SchemaBuilder.string().optional(),
  })
  await task.put([record('orders', null, schema, { id: 1, changed: new Date(0), note: 'it' })])
  expect(made).toEqual([
    'CREATE TABLE [orders] (\n[id] bigint NOT NULL,\n[changed] datetime2 NOT NULL,\n[note] varchar(max) NULL,\nPRIMARY KEY([id]))',
  ])
  expect(peer.requests.at(-2)!.sql).toBe('INSERT INTO [orders] ([id],[changed],[note]) VALUES (@p1,@p2,@p3)')
})

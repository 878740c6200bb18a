/** The driver and its client against the bytes of a server; SQL Server itself was not to be had. */
import { afterEach, expect, test } from 'bun:test'
import type { Connection } from '../../../connectors/jdbc/drivers/connection.ts'
import { SqlError } from '../../../connectors/jdbc/drivers/sql-error.ts'
import { connectSqlServer } from '../../../connectors/jdbc/drivers/sqlserver.ts'
import { until } from '../../servers/run.ts'
import { type PeerOptions, startTdsPeer, type TdsPeer } from './tds-peer.ts'
import {
  columns,
  ended,
  endedWithin,
  failed,
  failedAndEnded,
  INT,
  inPieces,
  int,
  NVARCHAR,
  NVARCHAR_MAX,
  nvarchar,
  row,
} from './tds-tokens.ts'

const open: (TdsPeer | Connection)[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function connected(
  options: PeerOptions = {},
  properties = '',
): Promise<{ peer: TdsPeer; connection: Connection }> {
  const peer = await startTdsPeer(options)
  open.push(peer)
  const connection = await connectSqlServer({
    url: `jdbc:sqlserver://127.0.0.1:${peer.port};databaseName=shop;${properties}`,
    user: 'u',
    password: 'secret',
    properties: {},
  })
  open.push(connection)
  return { peer, connection }
}

async function refused(work: Promise<unknown>): Promise<SqlError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(SqlError)
  return error as SqlError
}

const NUMBERED = columns([
  { name: 'id', type: INT, flags: 0 },
  { name: 'note', type: NVARCHAR },
])

test('rows come as they are asked for', async () => {
  const { connection, peer } = await connected({
    answer: (_request, reply) =>
      reply.end(Buffer.concat([NUMBERED, ...[1, 2, 3].map(i => row([int(i), nvarchar(`n${i}`)])), ended(3)])),
  })
  const cursor = await connection.query('SELECT id, note FROM t')
  expect(cursor.columns).toEqual([
    { name: 'id', type: 'int', nullable: false, precision: null, scale: null, unsigned: false },
    { name: 'note', type: 'nvarchar', nullable: true, precision: 4000, scale: null, unsigned: false },
  ])
  expect(await cursor.next(2)).toEqual([
    [1, 'n1'],
    [2, 'n2'],
  ])
  expect((await refused(connection.execute('SELECT 1'))).message).toContain('still open')
  expect(await cursor.next(2)).toEqual([[3, 'n3']])
  expect(await cursor.next(2)).toEqual([])
  expect(cursor.isOver).toBe(true)
  await cursor.close()
  await cursor.close()
  expect(peer.requests.map(({ sql }) => sql)).toEqual(['SELECT id, note FROM t'])
})

test('parameters travel by sp_executesql, each as its value is', async () => {
  const { connection, peer } = await connected({ answer: (_request, reply) => reply.end(endedWithin(7)) })
  const values = ['é?', null, true, 9007199254740993n, -3, 0.1, -0, new Uint8Array([1, 2])]
  const marks = values.map(() => '?').join(',')
  expect(await connection.execute(`INSERT INTO [a?b] VALUES (${marks}, '?') -- ?`, values)).toBe(7)
  expect(peer.requests[0]!.sql).toBe("INSERT INTO [a?b] VALUES (@p1,@p2,@p3,@p4,@p5,@p6,@p7,@p8, '?') -- ?")
  expect(peer.requests[0]!.declared).toBe(
    '@p1 nvarchar(4000), @p2 nvarchar(4000), @p3 bit, @p4 bigint, @p5 bigint, @p6 float, @p7 float, @p8 varbinary(8000)',
  )
  expect(peer.requests[0]!.values).toEqual([
    'é?',
    null,
    true,
    9007199254740993n,
    -3n,
    0.1,
    -0,
    Buffer.from([1, 2]),
  ])
  const long = 'x'.repeat(4001)
  await connection.execute('INSERT INTO t VALUES (?,?)', [long, Buffer.alloc(8001)])
  expect(peer.requests[1]!.declared).toBe('@p1 nvarchar(max), @p2 varbinary(max)')
  expect(peer.requests[1]!.values).toEqual([long, Buffer.alloc(8001)])
  expect((await refused(connection.execute('SELECT ?', []))).message).toContain('1 parameters')
})

test('a statement counts its own rows, not those of its triggers', async () => {
  const { connection } = await connected({
    answer: (_request, reply) => reply.end(Buffer.concat([endedWithin(5), ended(2)])),
  })
  expect(await connection.execute('INSERT INTO t VALUES (1),(2)')).toBe(2)
})

test('transactions are begun and ended by batches', async () => {
  const { connection, peer } = await connected({}, 'lockTimeout=500')
  await connection.begin()
  await connection.commit()
  await connection.begin()
  await connection.rollback()
  expect(peer.settings).toEqual(['SET NOCOUNT OFF; SET LOCK_TIMEOUT 500'])
  expect(peer.requests.map(({ sql }) => sql)).toEqual([
    'BEGIN TRANSACTION',
    'COMMIT TRANSACTION',
    'BEGIN TRANSACTION',
    'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION',
  ])
})

test('an error has its number, and the session goes on', async () => {
  const answers = [failedAndEnded(208, "Invalid object name 't'."), ended(1)]
  const { connection } = await connected({ answer: (_request, reply) => reply.end(answers.shift()!) })
  const error = await refused(connection.query('SELECT * FROM t'))
  expect(error).toMatchObject({ state: '42S02', code: '208', transient: false })
  expect(error.message).toBe("SQL Server refused: Invalid object name 't'. [SQLSTATE 42S02, error 208]")
  expect(connection.isOpen).toBe(true)
  expect(await connection.execute('DELETE FROM t')).toBe(1)
})

test('an error behind rows is told by the read that meets it', async () => {
  const { connection } = await connected({
    answer: (_request, reply) =>
      reply.end(Buffer.concat([NUMBERED, row([int(1), nvarchar('a')]), failedAndEnded(1205, 'deadlocked')])),
  })
  const cursor = await connection.query('SELECT id, note FROM t')
  expect(await cursor.next(1)).toEqual([[1, 'a']])
  expect(await refused(cursor.next(1))).toMatchObject({ state: '40001', code: '1205', transient: true })
  await cursor.close()
})

test('of several errors the first counts, and all are told', async () => {
  const { connection } = await connected({
    answer: (_request, reply) =>
      reply.end(
        Buffer.concat([failed(2714, 'There is already t.'), failedAndEnded(1750, 'See previous errors.')]),
      ),
  })
  const error = await refused(connection.execute('CREATE TABLE t (a int)'))
  expect(error.code).toBe('2714')
  expect(error.message).toContain('There is already t. See previous errors.')
})

test('a result without end is read no further than it is asked for, and given up', async () => {
  let said = 0
  let over = false
  const { connection } = await connected({
    answer: async (request, reply) => {
      if (!request.sql.startsWith('SELECT')) return reply.end(ended(0))
      await reply.say(NUMBERED)
      const some = Buffer.concat(
        Array.from({ length: 100 }, (_, i) => row([int(i), nvarchar('x'.repeat(400))])),
      )
      while (!reply.interrupted) {
        await reply.say(some)
        said += some.length
      }
      reply.end(ended())
      over = true
    },
  })
  const cursor = await connection.query('SELECT id, note FROM t')
  expect(await cursor.next(10)).toHaveLength(10)
  // The peer goes on until nobody takes any more from it.
  let before = -1
  while (said !== before) {
    before = said
    await Bun.sleep(200)
  }
  expect(over).toBe(false)
  expect(said).toBeLessThan(32 << 20)
  expect((await cursor.next(5)).map(([id]) => id)).toEqual([10, 11, 12, 13, 14])
  await cursor.close()
  expect(over).toBe(true)
  expect(await connection.execute('DELETE FROM t')).toBe(0)
})

test('rows of megabytes come few at once', async () => {
  const large = inPieces(Buffer.alloc(3 << 20, 'x\0'), 8000)
  const { connection } = await connected({
    answer: (_request, reply) =>
      reply.end(
        Buffer.concat([
          columns([{ name: 'c', type: NVARCHAR_MAX }]),
          ...Array.from({ length: 10 }, () => row([large])),
          ended(10),
        ]),
      ),
  })
  const cursor = await connection.query('SELECT c FROM t')
  const counts: number[] = []
  while (!cursor.isOver) counts.push((await cursor.next(1000)).length)
  expect(counts.reduce((sum, count) => sum + count)).toBe(10)
  expect(Math.max(...counts)).toBeLessThanOrEqual(3)
})

test('a server that hangs up loses the session', async () => {
  const { connection } = await connected({
    answer: async (_request, reply) => {
      await reply.say(Buffer.concat([NUMBERED, row([int(1), nvarchar('a')])]))
      reply.hangUp()
    },
  })
  const cursor = await connection.query('SELECT id, note FROM t')
  const error = await refused(cursor.next(10))
  expect(error).toMatchObject({ state: '08S01', transient: true })
  expect(connection.isOpen).toBe(false)
  expect((await refused(connection.execute('SELECT 1'))).state).toBe('08003')
})

test('closing has the server end what it is at', async () => {
  const { connection, peer } = await connected({ answer: (_request, reply) => void interruptedThen(reply) })
  const waiting = refused(connection.execute('WAITFOR DELAY 1'))
  await until('the statement is there', async () => peer.requests.length === 1)
  await connection.close()
  expect(peer.attentions).toBe(1)
  expect(await waiting).toMatchObject({ state: '08003', transient: true })
  const hasty = await connected()
  const unsent = refused(hasty.connection.execute('WAITFOR DELAY 1'))
  await hasty.connection.close()
  expect((await unsent).state).toBe('08003')
  expect(hasty.peer.requests).toEqual([])
})

test('a server that does not end it is left, which is told', async () => {
  const { connection, peer } = await connected({ answer: () => {} })
  const waiting = refused(connection.execute('WAITFOR DELAY 1'))
  await until('the statement is there', async () => peer.requests.length === 1)
  const closing = connection.close().catch((error: unknown) => error)
  expect((await waiting).message).toContain('it may yet be done')
  expect(String(await closing)).toContain('did not end within 1500 ms')
  open.splice(open.indexOf(connection), 1)
})

test('silence ends with the limit that the URL sets', async () => {
  const silent = await connected(
    { answer: (_request, reply) => void interruptedThen(reply) },
    'socketTimeout=1000',
  )
  expect((await refused(silent.connection.execute('SELECT 1'))).message).toContain('socketTimeout')
  expect(silent.connection.isOpen).toBe(false)
  const slow = await connected({ answer: (_request, reply) => void interruptedThen(reply) }, 'queryTimeout=2')
  expect((await refused(slow.connection.execute('SELECT 1'))).state).toBe('HYT00')
  expect(slow.connection.isOpen).toBe(true)
})

async function interruptedThen(reply: {
  readonly interrupted: boolean
  end(tokens: Buffer): void
}): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!reply.interrupted && performance.now() < deadline) await Bun.sleep(10)
  reply.end(ended())
}

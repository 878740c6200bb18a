/** Sessions of Oracle's own client with a server that speaks its protocol: there is no database to be had. */
import { afterEach, describe, expect, test } from 'bun:test'
import type { Connection } from '../../../connectors/jdbc/drivers/connection.ts'
import { connectOracle } from '../../../connectors/jdbc/drivers/oracle.ts'
import { type OracleAnswer, type OracleCall, OracleListener } from '../../servers/oracle-listener.ts'

const listeners: OracleListener[] = []
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.stop()
})

interface Opened {
  readonly listener: OracleListener
  readonly connection: Connection
}

/** `answer` is that to what comes after the login. */
async function opened(
  answer: (call: OracleCall) => OracleAnswer,
  properties: Record<string, string> = {},
  password = 'tiger',
): Promise<Opened> {
  const listener = new OracleListener(call =>
    call.sql.startsWith('ALTER SESSION') ? { changed: 0 } : answer(call),
  )
  listeners.push(listener)
  const port = await listener.start()
  const connection = await connectOracle({
    url: `jdbc:oracle:thin:@//127.0.0.1:${port}/shop`,
    user: 'scott',
    password,
    properties: { 'oracle.net.CONNECT_TIMEOUT': '20000', ...properties },
  })
  listener.calls.length = 0
  return { listener, connection }
}

const stamp = (...more: number[]) => Buffer.from([120, 124, 2, 29, 24, 60, 60, ...more])
const national = (text: string) => Buffer.from(text, 'utf16le').swap16()

test('a password opens it, another one does not and is not told', async () => {
  const { connection, listener } = await opened(() => ({ changed: 0 }))
  expect(connection.isOpen).toBe(true)
  await connection.close()
  expect(listener.heard).toEqual(['logoff'])
  expect(connection.isOpen).toBe(false)
  const refused = await opened(() => ({ changed: 0 }), {}, 'wrong-password').catch(error => error)
  expect(refused.message).toContain(
    'as user scott: ORA-01017: invalid username/password; logon denied [SQLSTATE HY000, error 1017]',
  )
  expect(refused).toMatchObject({ transient: false, hint: expect.stringContaining('connection.password') })
  expect(String(refused)).not.toContain('wrong-password')
})

test('values of every type, from the bytes of the database', async () => {
  const { connection } = await opened(() => ({
    columns: [
      { name: 'ANY', type: 2, scale: -127 },
      { name: 'PRICE', type: 2, precision: 9, scale: 2, nullable: false },
      { name: 'D', type: 12, size: 7 },
      { name: 'TS', type: 180, scale: 9, size: 11 },
      { name: 'TZ', type: 181, scale: 9, size: 13 },
      { name: 'LTZ', type: 231, scale: 9, size: 11 },
      { name: 'BF', type: 100, size: 4 },
      { name: 'BD', type: 101, size: 8 },
      { name: 'R', type: 23, size: 16 },
      { name: 'C', type: 96, charset: 1 },
      { name: 'NV', type: 1, charset: 2 },
    ],
    rows: [
      [
        Buffer.from([0xc9, 10, 1, 72, 100, 26, 48, 41, 100, 32, 51]),
        Buffer.from([0x3e, 89, 67, 102]),
        stamp(),
        stamp(7, 91, 205, 21),
        stamp(0, 0, 0, 1, 0x98, 0x3c),
        stamp(0, 0, 0, 1),
        Buffer.from([0xbd, 0xcc, 0xcc, 0xcd]),
        Buffer.from([0xbf, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a]),
        Buffer.from([0, 255]),
        'ab  ',
        national('Ω😀'),
      ],
      new Array(11).fill(null),
    ],
  }))
  const cursor = await connection.query('SELECT * FROM every_type')
  expect(
    cursor.columns.map(({ name, type, precision, scale, nullable }) => [
      name,
      type,
      precision,
      scale,
      nullable,
    ]),
  ).toEqual([
    ['ANY', 'NUMBER', null, -127, true],
    ['PRICE', 'NUMBER', 9, 2, false],
    ['D', 'DATE', null, null, true],
    ['TS', 'TIMESTAMP', null, null, true],
    ['TZ', 'TIMESTAMP WITH TIME ZONE', null, null, true],
    ['LTZ', 'TIMESTAMP WITH LOCAL TIME ZONE', null, null, true],
    ['BF', 'BINARY_FLOAT', null, null, true],
    ['BD', 'BINARY_DOUBLE', null, null, true],
    ['R', 'RAW', null, null, true],
    ['C', 'CHAR', null, null, true],
    ['NV', 'NVARCHAR2', null, null, true],
  ])
  const [row, nulls] = await cursor.next(10)
  expect(row).toEqual([
    '90071992547409931.5',
    '-12.34',
    '2024-02-29 23:59:59',
    '2024-02-29 23:59:59.123456789',
    '2024-02-29 23:59:59.000000001Z',
    '2024-02-29 23:59:59.000000001+02:00',
    0.10000000149011612,
    0.1,
    Buffer.from([0, 255]),
    'ab  ',
    'Ω😀',
  ])
  expect(nulls).toEqual(new Array(11).fill(null))
  await cursor.close()
  await connection.close()
})

test('large objects come with their rows', async () => {
  const long = 'x'.repeat(70_000)
  const { connection, listener } = await opened(() => ({
    columns: [
      { name: 'ID', type: 2, precision: 9 },
      { name: 'TEXT', type: 112, charset: 1 },
      { name: 'FILE', type: 113 },
    ],
    rows: [
      [Buffer.from([0xc1, 2]), 'short', Buffer.from([1])],
      [Buffer.from([0xc1, 3]), null, null],
      [Buffer.from([0xc1, 4]), long, Buffer.alloc(300, 7)],
    ],
  }))
  const cursor = await connection.query('SELECT * FROM papers')
  expect(await cursor.next(10)).toEqual([
    ['1', 'short', Buffer.from([1])],
    ['2', null, null],
    ['3', long, Buffer.alloc(300, 7)],
  ])
  expect(listener.heard).toEqual(['define 3', 'fetch 4'])
  await cursor.close()
  await connection.close()
})

test('a result is fetched in parts, the rest stays in the database', async () => {
  const { connection, listener } = await opened(() => ({
    columns: [{ name: 'N', type: 1, charset: 1 }],
    rows: Array.from({ length: 2500 }, (_, i) => [String(i)]),
  }))
  const cursor = await connection.query('SELECT n FROM t')
  const first = await cursor.next(1000)
  expect(first).toHaveLength(1000)
  expect(listener.heard.length).toBeGreaterThan(0)
  const rest = [...(await cursor.next(1000)), ...(await cursor.next(1000))]
  expect([...first, ...rest].flat()).toEqual(Array.from({ length: 2500 }, (_, i) => String(i)))
  expect(cursor.isOver).toBe(true)
  await cursor.close()
  await connection.close()
})

describe('parameters', () => {
  test('go as what they are', async () => {
    const { connection, listener } = await opened(() => ({ changed: 1 }))
    await connection.execute('INSERT INTO t VALUES (?,?,?,?,?,?)', [
      9_007_199_254_740_993n,
      0.1,
      '12345678901234567890.5',
      null,
      new Uint8Array([0, 255]),
      true,
    ])
    const [call] = listener.calls
    // NUMBER, BINARY_DOUBLE, VARCHAR2, VARCHAR2, RAW, NUMBER
    expect(call!.types).toEqual([2, 101, 1, 1, 23, 2])
    expect(call!.rows).toEqual([
      [
        Buffer.from([0xc8, 91, 8, 20, 93, 55, 75, 10, 94]),
        Buffer.from([0xbf, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a]),
        Buffer.from('12345678901234567890.5'),
        null,
        Buffer.from([0, 255]),
        Buffer.from([0xc1, 2]),
      ],
    ])
    await connection.close()
  })

  test('too large for a statement go before it, as large objects', async () => {
    const { connection, listener } = await opened(({ rows }) => ({ changed: rows.length }))
    const text = 'Ω'.repeat(2500)
    const file = new Uint8Array(5000).fill(7)
    const values = [1, 'short', new Uint8Array([1]), 2, text, file, 3, null, null]
    expect(await connection.execute('INSERT INTO papers VALUES (?,?,?)', values)).toBe(3)
    expect(listener.calls.map(({ types, rows }) => [types, rows.length])).toEqual([
      [[2, 1, 23], 1],
      [[2, 112, 113], 1],
      [[2, 1, 1], 1],
    ])
    const written = listener.calls[1]!.rows[0]!.slice(1).map(locator =>
      listener.lobs.get(locator!.toString('hex')),
    )
    expect(written).toEqual([Buffer.from(text), Buffer.from(file)])
    // Three statements, for good together.
    expect(listener.calls.map(({ commits }) => commits)).toEqual([false, false, false])
    expect(listener.heard).toEqual(['commit'])
    expect(await connection.execute('DELETE FROM papers')).toBe(0)
    await connection.close()
  })

  test('of many rows go together, and again by the same statement', async () => {
    const { connection, listener } = await opened(({ rows }) => ({ changed: rows.length }))
    const values = Array.from({ length: 300 }, (_, i) => [i, `name ${i}`]).flat()
    expect(await connection.execute('INSERT INTO t VALUES (?,?)', values)).toBe(300)
    expect(await connection.execute('INSERT INTO t VALUES (?,?)', values.slice(0, 4))).toBe(2)
    expect(listener.calls.map(({ rows, commits }) => [rows.length, commits])).toEqual([
      [300, true],
      [2, true],
    ])
    await connection.close()
  })
})

test('a transaction ends when it is told to', async () => {
  const { connection, listener } = await opened(() => ({ changed: 1 }))
  await connection.begin()
  await connection.execute('DELETE FROM t')
  await connection.commit()
  await connection.begin()
  await connection.execute('DELETE FROM u')
  await connection.rollback()
  expect(listener.calls.map(({ commits }) => commits)).toEqual([false, false])
  expect(listener.heard).toEqual(['commit', 'rollback'])
  await connection.close()
})

describe('errors', () => {
  test('of a statement leave the session, and nothing of the batch', async () => {
    const { connection, listener } = await opened(({ sql }) =>
      sql.startsWith('INSERT')
        ? { error: 1, message: 'unique constraint (SHOP.PK) violated' }
        : { changed: 1 },
    )
    await expect(connection.execute('INSERT INTO t VALUES (?)', [1, 1])).rejects.toMatchObject({
      message: 'Oracle refused: ORA-00001: unique constraint (SHOP.PK) violated [SQLSTATE 23505, error 1]',
      state: '23505',
      transient: false,
    })
    expect(listener.heard).toEqual(['rollback'])
    expect(connection.isOpen).toBe(true)
    expect(await connection.execute('DELETE FROM t')).toBe(1)
    await connection.close()
  })

  test.each([
    ['a session that was killed', { error: 28, message: 'your session has been killed' }],
    ['a server that goes away', 'end'],
  ] as const)('%s is one', async (_what, answer) => {
    const { connection } = await opened(() => answer)
    await expect(connection.execute('DELETE FROM t')).rejects.toMatchObject({
      message: expect.stringContaining('The connection to Oracle is lost: '),
      transient: true,
      state: '08006',
    })
    expect(connection.isOpen).toBe(false)
    await connection.close()
  })

  test('a session that has ended while nothing was asked is seen', async () => {
    const { connection, listener } = await opened(() => ({ changed: 1 }))
    listener.stop()
    const deadline = performance.now() + 10_000
    while (connection.isOpen && performance.now() < deadline) await Bun.sleep(5)
    expect(connection.isOpen).toBe(false)
  })
})

describe('a server that does not answer', () => {
  test('is given up after oracle.jdbc.ReadTimeout', async () => {
    const { connection, listener } = await opened(() => 'deaf', { 'oracle.jdbc.ReadTimeout': '4000' })
    await expect(connection.execute('DELETE FROM t')).rejects.toThrow(
      'No answer within 4000 ms (oracle.jdbc.ReadTimeout)',
    )
    await gone(listener)
  })

  test('is asked to end what it does, and left', async () => {
    const { connection, listener } = await opened(() => 'waiting')
    const deletion = connection.execute('DELETE FROM t').catch(error => error)
    await heard(listener, 1)
    await connection.close()
    expect(await deletion).toMatchObject({ code: '1013', transient: true })
    expect(listener.heard).toContain('marker')
    await gone(listener)
  })

  test('is left though it does not listen, with a word of what may be done there', async () => {
    const { connection, listener } = await opened(() => 'deaf')
    const deletion = connection.execute('DELETE FROM t').catch(error => error)
    await heard(listener, 1)
    await expect(connection.close()).rejects.toThrow('it may yet be done')
    expect(await deletion).toMatchObject({ transient: true })
    await gone(listener)
  })
})

async function heard(listener: OracleListener, calls: number): Promise<void> {
  const deadline = performance.now() + 10_000
  while (listener.calls.length < calls && performance.now() < deadline) await Bun.sleep(5)
  expect(listener.calls).toHaveLength(calls)
}

async function gone(listener: OracleListener): Promise<void> {
  const deadline = performance.now() + 10_000
  while (listener.sessions > 0 && performance.now() < deadline) await Bun.sleep(5)
  expect(listener.sessions).toBe(0)
}

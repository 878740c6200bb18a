/** What a session asks of the client: there is no server to be had. */
import { describe, expect, test } from 'bun:test'
import { OracleConnection, SESSION } from '../../../connectors/jdbc/drivers/oracle.ts'
import { oracleClient } from '../../../connectors/jdbc/drivers/oracle-client.ts'
import { oracleSettings } from '../../../connectors/jdbc/drivers/oracle-settings.ts'
import type { OracleResultSet, OracleSession } from '../../../connectors/jdbc/drivers/oracledb.ts'

const client = await oracleClient()

/** Writes down what it is asked for; `answer` may refuse it. */
function opened(answer: (asked: string) => unknown = () => ({ rowsAffected: 1 }), readTimeoutMs = '0') {
  const asked: string[] = []
  const ask = async (what: string) => {
    asked.push(what)
    return (await answer(what)) as never
  }
  const commits = ({ autoCommit }: { autoCommit?: boolean }) => (autoCommit ? ' and commit' : '')
  const session: OracleSession = {
    execute: (sql, binds, options) => ask(`${sql} [${binds.map(({ val }) => val)}]${commits(options)}`),
    executeMany: (sql, rows, options) => ask(`${sql} ${JSON.stringify(rows)}${commits(options)}`),
    commit: () => ask('commit'),
    rollback: () => ask('rollback'),
    close: () => ask('close'),
    break: () => ask('break'),
    isHealthy: () => true,
  }
  const settings = oracleSettings({
    url: 'jdbc:oracle:thin:@//h/s',
    user: 'u',
    password: 'p',
    properties: { 'oracle.jdbc.ReadTimeout': readTimeoutMs },
  })
  const broken: string[] = []
  const socket = { forceDisconnect: (error: Error) => void broken.push(error.message) }
  return { connection: new OracleConnection(session, socket, client, settings), asked, broken }
}

const INSERT = 'INSERT INTO t VALUES (?,?)'

function refusal(number: number): Error {
  return Object.assign(new Error(`ORA-${String(number).padStart(5, '0')}: no`), { errorNum: number })
}

describe('statements', () => {
  test('outside of a transaction are for good at once, within one with its end', async () => {
    const { connection, asked } = opened()
    await connection.execute(INSERT, [1, 'a'])
    await connection.begin()
    await connection.execute(INSERT, [2, 'b'])
    await connection.commit()
    await connection.execute('DELETE FROM t')
    expect(asked).toEqual([
      'INSERT INTO t VALUES (:1,:2) [1,a] and commit',
      'INSERT INTO t VALUES (:1,:2) [2,b]',
      'commit',
      'DELETE FROM t [] and commit',
    ])
  })

  test('for several rows go together', async () => {
    const { connection, asked } = opened(() => ({ rowsAffected: 3 }))
    expect(await connection.execute(INSERT, [1, 'a', 2, null, 3, 'c'])).toBe(3)
    expect(asked).toEqual(['INSERT INTO t VALUES (:1,:2) [[1,"a"],[2,null],[3,"c"]] and commit'])
  })

  test('of which one is refused, none stays', async () => {
    const refuse = (what: string) => {
      if (what.startsWith('INSERT')) throw refusal(1)
    }
    const { connection, asked } = opened(refuse)
    await expect(connection.execute(INSERT, [1, 'a', 1, 'b'])).rejects.toThrow('ORA-00001')
    expect(asked.at(-1)).toBe('rollback')
    await connection.begin()
    await expect(connection.execute(INSERT, [1, 'a', 1, 'b'])).rejects.toThrow('error 1]')
    expect(asked.filter(what => what === 'rollback')).toHaveLength(1)
    expect(connection.isOpen).toBe(true)
  })

  test('that end the session are told so', async () => {
    const { connection } = opened(() => {
      throw Object.assign(refusal(3113), { code: 'NJS-500' })
    })
    await expect(connection.execute('SELECT 1')).rejects.toThrow(
      'The connection to Oracle is lost: ORA-03113',
    )
    expect(connection.isOpen).toBe(false)
    await expect(connection.execute('SELECT 1')).rejects.toMatchObject({ state: '08003', transient: true })
  })

  test('without an answer are given up', async () => {
    const never = Promise.withResolvers<never>()
    const { connection, broken } = opened(() => never.promise, '50')
    const waiting = connection.execute('SELECT 1')
    while (broken.length === 0) await Bun.sleep(5)
    never.reject(Object.assign(new Error('NJS-500: closed'), { code: 'NJS-500' }))
    await expect(waiting).rejects.toMatchObject({ transient: true })
    expect(broken).toEqual(['No answer within 50 ms (oracle.jdbc.ReadTimeout)'])
  })
})

test('a result is read to its end before the next statement', async () => {
  const rows: unknown[][] = [['1'], ['2']]
  const resultSet: OracleResultSet = {
    metaData: [{ name: 'N', dbTypeName: 'NUMBER', nullable: false, precision: 9, scale: 0 }],
    getRows: async count => rows.splice(0, count),
    close: async () => {},
  }
  const { connection } = opened(() => ({ resultSet }))
  const cursor = await connection.query('SELECT n FROM t WHERE n > ?', [0])
  expect(cursor.columns).toEqual([
    { name: 'N', type: 'NUMBER', nullable: false, precision: 9, scale: 0, unsigned: false },
  ])
  await expect(connection.execute('SELECT 1')).rejects.toMatchObject({ state: '24000' })
  expect(await cursor.next(10)).toEqual([['1'], ['2']])
  await cursor.close()
  await connection.commit()
})

describe('the end', () => {
  test('is said to the database', async () => {
    const { connection, asked } = opened()
    await Promise.all([connection.close(), connection.close()])
    expect(asked).toEqual(['close'])
    expect(connection.isOpen).toBe(false)
  })

  test('comes after what is going on was broken off there', async () => {
    const going = Promise.withResolvers<never>()
    const { connection, asked, broken } = opened(what => {
      if (what === 'break') going.reject(refusal(1013))
      return what.startsWith('UPDATE') ? going.promise : undefined
    })
    const update = connection.execute('UPDATE t SET a = 1')
    await connection.close()
    await expect(update).rejects.toMatchObject({ code: '1013' })
    expect(asked).toEqual(['UPDATE t SET a = 1 [] and commit', 'break'])
    expect(broken).toEqual(['the connection was closed'])
  })
})

test('texts of times and numbers are read in one form, whatever the database is set to', () => {
  expect(SESSION).toContain("NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF'")
  expect(SESSION).toContain("NLS_NUMERIC_CHARACTERS = '.,'")
  expect(SESSION).toContain("TIME_ZONE = '+00:00'")
})

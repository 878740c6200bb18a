import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dialect, TableFilter } from '../../../connectors/jdbc/dialects/dialect.ts'
import { dialectFor } from '../../../connectors/jdbc/dialects/index.ts'
import { allRows } from '../../../connectors/jdbc/dialects/rows.ts'
import type { Connection, ConnectionSettings } from '../../../connectors/jdbc/drivers/connection.ts'
import { SqlError } from '../../../connectors/jdbc/drivers/sql-error.ts'
import type { DatabaseServer } from '../../servers/databases.ts'
import { freePort } from '../../servers/ports.ts'
import { databases } from './databases.ts'

const servers = databases()
const folder = mkdtempSync(join(tmpdir(), 'bunnect-jdbc-drivers-'))
afterAll(() => rmSync(folder, { recursive: true }))

const settings = (url: string, more: Partial<ConnectionSettings> = {}): ConnectionSettings => ({
  url,
  user: 'test',
  password: 'test secret',
  properties: {},
  ...more,
})
const connect = (url: string, more: Partial<ConnectionSettings> = {}) =>
  dialectFor(url).connect(settings(url, more))
const urlOf = {
  postgres: () => servers.postgres.url,
  mariadb: () => servers.mariadb.url,
  sqlite: () => `jdbc:sqlite:${join(folder, 'drivers.db')}`,
}
const BYTES = { postgres: 'bytea', mariadb: 'blob', sqlite: 'blob' }

async function refusal(work: Promise<unknown>): Promise<SqlError> {
  try {
    await work
  } catch (error) {
    expect(error).toBeInstanceOf(SqlError)
    expect(String((error as Error).stack)).not.toContain('test secret')
    return error as SqlError
  }
  throw new Error('nothing was refused')
}

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('%s', name => {
  let dialect: Dialect
  let connection: Connection
  beforeAll(async () => {
    dialect = dialectFor(urlOf[name]())
    connection = await connect(urlOf[name]())
  })
  afterAll(() => connection.close())

  test('parameters arrive as they are, whatever stands in them', async () => {
    await connection.execute(`CREATE TABLE params (id int PRIMARY KEY, t varchar(200), b ${BYTES[name]})`)
    const texts = ["it's", 'back\\slash', '"double"', '?', '$1', '-- no comment', '/* neither */', 'ü€😀', '']
    for (const [i, text] of texts.entries()) {
      const bytes = Buffer.from([0, 39, 92, 255, i])
      expect(await connection.execute('INSERT INTO params VALUES (?, ?, ?)', [i, text, bytes])).toBe(1)
    }
    const rows = await allRows(connection, 'SELECT t, b FROM params ORDER BY id')
    expect(rows.map(([text]) => text)).toEqual(texts)
    expect(rows.map(([, bytes]) => [...(bytes as Uint8Array)])).toEqual(
      texts.map((_, i) => [0, 39, 92, 255, i]),
    )
    const found = await allRows(connection, "SELECT id FROM params WHERE t = ? AND '?' = '?' -- ?\n", [
      "it's",
    ])
    expect(found.map(([id]) => Number(id))).toEqual([0])
  })

  test('a result is read in batches and may be given up', async () => {
    const values = Array.from({ length: 2500 }, (_, i) => `(${i})`).join(',')
    await connection.execute('CREATE TABLE numbers (n int PRIMARY KEY)')
    expect(await connection.execute(`INSERT INTO numbers VALUES ${values}`)).toBe(2500)
    const cursor = await connection.query('SELECT n FROM numbers ORDER BY n')
    const first = await cursor.next(1000)
    expect(first.map(([n]) => Number(n))).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect((await cursor.next(1000)).length).toBe(1000)
    expect((await cursor.next(1000)).length).toBe(500)
    expect(await cursor.next(1000)).toEqual([])
    await cursor.close()
    await cursor.close()
    const left = await connection.query('SELECT n FROM numbers')
    expect((await left.next(10)).length).toBe(10)
    await left.close()
    expect(await allRows(connection, 'SELECT count(*) FROM numbers')).toHaveLength(1)
  })

  test('an empty result has columns', async () => {
    const cursor = await connection.query('SELECT n FROM numbers WHERE n < 0')
    expect(cursor.columns.map(column => column.name)).toEqual(['n'])
    expect(await cursor.next(10)).toEqual([])
    await cursor.close()
  })

  test('what is rolled back was not, what is committed was', async () => {
    await connection.execute('CREATE TABLE kept (n int PRIMARY KEY)')
    await connection.begin()
    await connection.execute('INSERT INTO kept VALUES (1)')
    await connection.rollback()
    await connection.begin()
    await connection.execute('INSERT INTO kept VALUES (2)')
    await connection.commit()
    expect((await allRows(connection, 'SELECT n FROM kept')).map(([n]) => Number(n))).toEqual([2])
  })

  test('errors have a state and the session goes on', async () => {
    const missing = await refusal(connection.execute('SELECT * FROM no_such_table'))
    expect(missing.transient).toBe(false)
    expect(missing.message).toContain('no_such_table')
    await refusal(connection.query('SELEC 1'))
    const twice = await refusal(connection.execute('INSERT INTO kept VALUES (2)'))
    expect(twice.transient).toBe(false)
    expect(await allRows(connection, 'SELECT 1')).toHaveLength(1)
  })

  test('tables and their columns', async () => {
    const auto = {
      postgres: 'id serial PRIMARY KEY',
      mariadb: 'id int AUTO_INCREMENT PRIMARY KEY',
      sqlite: 'id INTEGER PRIMARY KEY AUTOINCREMENT',
    }[name]
    await connection.execute(
      `CREATE TABLE described (${auto}, name varchar(20) NOT NULL, price decimal(10,2) DEFAULT 1)`,
    )
    await connection.execute('CREATE VIEW shown AS SELECT id FROM described')
    const filter = { catalogPattern: null, schemaPattern: null }
    const tables = await dialect.tables(connection, { ...filter, types: ['TABLE'] })
    const described = tables.find(table => table.name === 'described')!
    expect(tables.some(table => table.name === 'shown')).toBe(false)
    const views = await dialect.tables(connection, { ...filter, types: ['view'] })
    expect(views.map(view => view.name)).toContain('shown')
    const columns = (await dialect.columns(connection, described))!
    expect(
      columns.map(column => [column.name, column.primaryKey, column.autoIncrement, column.hasDefault]),
    ).toEqual([
      ['id', true, true, name !== 'sqlite'],
      ['name', false, false, false],
      ['price', false, false, true],
    ])
    expect(columns[1]).toMatchObject({ nullable: false, precision: 20 })
    expect(columns[2]).toMatchObject({ nullable: true, precision: 10, scale: 2 })
    expect(await dialect.columns(connection, dialect.tableId('no_such_table'))).toBeNull()
    const again = dialect.tableId(dialect.nameParts(described).map(dialect.quoted).join('.'))
    expect(dialect.nameParts(again)).toEqual(dialect.nameParts(described))
  })
})

describe.each(['postgres', 'mariadb'] as const)('%s over the network', name => {
  const server = () => servers[name]

  test('a wrong password is told without it', async () => {
    const error = await refusal(connect(server().url, { password: 'test secret, but wrong' }))
    expect(error.transient).toBe(false)
    expect(error.message).toContain('as user test')
  })

  test('a server that is not there is told with its place, and the next host is tried', async () => {
    const nobody = await freePort()
    const error = await refusal(connect(server().url.replace(/:\d+/, `:${nobody}`)))
    expect(error.transient).toBe(true)
    expect(error.message).toContain(`127.0.0.1:${nobody}`)
    const hosts = server().url.replace('//', `//127.0.0.1:${nobody},`)
    const connection = await connect(hosts)
    expect((await allRows(connection, 'SELECT 1')).map(([one]) => Number(one))).toEqual([1])
    await connection.close()
  })

  test('TLS: checked against the authority that is named, refused by another one', async () => {
    const other = servers[name === 'postgres' ? 'mariadb' : 'postgres']
    const url = (authority: string) =>
      name === 'postgres'
        ? `jdbc:postgresql://localhost:${servers.postgres.port}/test?sslmode=verify-full&sslrootcert=${authority}`
        : `jdbc:mysql://localhost:${servers.mariadb.port}/test?sslMode=VERIFY_IDENTITY&sslRootCert=${authority}`
    const connection = await connect(url(server().authority))
    const sql =
      name === 'postgres'
        ? 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
        : "SELECT variable_value <> '' FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'"
    expect((await allRows(connection, sql))[0]![0]).toMatch(/^(?:t|1)$/)
    await connection.close()
    const refused = await refusal(connect(url(other.authority)))
    expect(refused.message).toMatch(/certificate/)
  })

  test('a property that is not known is told, one that concerns security refuses', async () => {
    const warnings: string[] = []
    const connection = await connect(`${server().url}?ApplicationName=x&madeUp=1`, {
      warn: message => warnings.push(message),
      properties: { otherMadeUp: '2' },
    })
    await connection.close()
    expect(warnings.join()).toContain('madeUp, otherMadeUp')
    const security = connect(`${server().url}?sslPasswordCallback=x`)
    expect(security).rejects.toThrow('sslPasswordCallback')
  })

  test('a call that is going on ends with the connection', async () => {
    const connection = await connect(server().url)
    const sleep = name === 'postgres' ? 'SELECT pg_sleep(60)' : 'SELECT sleep(60)'
    const waiting = refusal(allRows(connection, sleep))
    await Bun.sleep(100)
    // Where the server takes its time to end it, the close says so.
    await connection.close().catch(error => expect(String(error)).toContain('did not end within'))
    expect((await waiting).transient).toBe(true)
    expect(connection.isOpen).toBe(false)
  })

  test('a session that the server ends is lost', async () => {
    const connection = await connect(server().url)
    const id = name === 'postgres' ? 'SELECT pg_backend_pid()' : 'SELECT connection_id()'
    const [[pid]] = (await allRows(connection, id)) as [[string]]
    const kill = name === 'postgres' ? `SELECT pg_terminate_backend(${pid})` : `KILL ${pid}`
    await server().query(kill, name === 'postgres' ? 'administrator' : 'test')
    const error = await refusal(
      (async () => {
        for (;;) await allRows(connection, 'SELECT 1')
      })(),
    )
    expect(error.transient).toBe(true)
    expect(connection.isOpen).toBe(false)
  })
})

test('kinds of tables of Postgres and MariaDB, schemas and catalogues by pattern', async () => {
  const connection = await connect(servers.postgres.url)
  await connection.execute('CREATE TABLE whole (id int) PARTITION BY RANGE (id)')
  await connection.execute('CREATE TABLE part PARTITION OF whole FOR VALUES FROM (0) TO (10)')
  await connection.execute('CREATE MATERIALIZED VIEW kept_view AS SELECT 1 AS one')
  await connection.execute('CREATE SCHEMA other_1; CREATE TABLE other_1.elsewhere (id int)')
  const named = async (server: DatabaseServer, filter: Partial<TableFilter>) => {
    const session = server === servers.postgres ? connection : await connect(server.url)
    const dialect = dialectFor(server.url)
    const any = { catalogPattern: null, schemaPattern: null, types: ['TABLE'] }
    const tables = await dialect.tables(session, { ...any, ...filter })
    if (server !== servers.postgres) await session.close()
    return tables.map(table => dialect.nameParts(table).join('.'))
  }
  const tables = await named(servers.postgres, {})
  expect(tables).toContain('public.part')
  expect(tables).toContain('other_1.elsewhere')
  expect(tables).not.toContain('public.whole')
  expect(await named(servers.postgres, { types: ['PARTITIONED TABLE'] })).toEqual(['public.whole'])
  expect(await named(servers.postgres, { types: ['MATERIALIZED VIEW'] })).toEqual(['public.kept_view'])
  expect(await named(servers.postgres, { types: ['SYSTEM TABLE'] })).toContain('pg_catalog.pg_class')
  expect(await named(servers.postgres, { types: ['ALIAS'] })).toEqual([])
  expect(await named(servers.postgres, { schemaPattern: 'other%' })).toEqual(['other_1.elsewhere'])
  await servers.mariadb.query('CREATE DATABASE second')
  await servers.mariadb.query('CREATE TABLE second.there (id int)')
  expect(await named(servers.mariadb, { catalogPattern: 'sec%' })).toEqual(['second.there'])
  expect(await named(servers.mariadb, {})).toContain('second.there')
  expect(await named(servers.mariadb, {})).not.toContain('mysql.user')
  const current = await connect(`${servers.mariadb.url}?nullCatalogMeansCurrent=true`)
  const only = await dialectFor(servers.mariadb.url).tables(current, {
    catalogPattern: null,
    schemaPattern: null,
    types: ['TABLE'],
  })
  expect(only.every(table => table.catalog === 'test')).toBe(true)
  await current.close()
  await connection.close()
})

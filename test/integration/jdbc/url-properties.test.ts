/** What properties of a JDBC URL make of a session, as the server sees it. */
import { describe, expect, test } from 'bun:test'
import { createHash, generateKeyPairSync } from 'node:crypto'
import type { Struct } from '#bunnect'
import { dialectFor } from '../../../connectors/jdbc/dialects/index.ts'
import { allRows } from '../../../connectors/jdbc/dialects/rows.ts'
import type { SqlError } from '../../../connectors/jdbc/drivers/sql-error.ts'
import type { DatabaseServer } from '../../servers/databases.ts'
import { databases } from './databases.ts'
import { SourceRun } from './source-run.ts'

const servers = databases()

/** The rows of a query over a session of its own. */
async function rows(server: DatabaseServer, query: string, sql: string): Promise<unknown[][]> {
  const { url, user, password } = server
  const connection = await dialectFor(url).connect({ url: `${url}?${query}`, user, password, properties: {} })
  try {
    return await allRows(connection, sql)
  } finally {
    await connection.close()
  }
}

/** The one record of a table, read with the properties. */
async function read(query: string, table: string): Promise<Struct> {
  const run = await SourceRun.start({
    ...servers.mariadb.config,
    'connection.url': `${servers.mariadb.url}?${query}`,
    mode: 'bulk',
    tables: `test.${table}`,
  })
  const [record] = await run.take(1)
  await run.stop()
  return record!.value as Struct
}

describe('MariaDB', () => {
  test.each([
    ['connectionTimeZone=%2B03:00', 'SYSTEM'],
    ['connectionTimeZone=%2B03:00&forceConnectionTimeZoneToSession=true', '+03:00'],
    ['timezone=UTC', '+00:00'],
    ['timezone=disable', 'SYSTEM'],
  ])('%s', async (query, zone) => {
    expect(await rows(servers.mariadb, query, 'SELECT @@session.time_zone')).toEqual([[zone]])
  })

  test('a zone that the server does not know is refused with what to do', async () => {
    const refused = await rows(servers.mariadb, 'timezone=Mars/Olympus', 'SELECT 1').catch(
      (error: SqlError) => error,
    )
    expect(refused).toMatchObject({ transient: false, hint: expect.stringContaining('mysql_tzinfo_to_sql') })
    expect((refused as SqlError).message).toContain('Mars/Olympus')
  })

  test('a TIMESTAMP is shown in the zone that the session has', async () => {
    await servers.mariadb.query('CREATE TABLE moments (at timestamp(3) NOT NULL)')
    await servers.mariadb.query("INSERT INTO moments VALUES ('2026-01-01 12:00:00.5')")
    const plain = (await read('timezone=UTC', 'moments')).get('at') as Date
    const later = (await read('timezone=%2B03:00', 'moments')).get('at') as Date
    expect(Number(later) - Number(plain)).toBe(3 * 3_600_000)
  })

  test('tinyInt1isBit, transformedBitIsBoolean, yearIsDateType', async () => {
    await servers.mariadb.query(
      'CREATE TABLE typed (t tinyint(1) NOT NULL, w tinyint NOT NULL, y year NOT NULL)',
    )
    await servers.mariadb.query('INSERT INTO typed VALUES (2, 3, 2026)')
    const types = async (query: string) => {
      const value = await read(query, 'typed')
      return value.schema.fields.map(({ name, schema }) => [schema.name ?? schema.type, value.get(name)])
    }
    const year = ['org.apache.kafka.connect.data.Date', expect.anything()]
    expect(await types('')).toEqual([['INT8', 2], ['INT8', 3], year] as never)
    expect(await types('transformedBitIsBoolean=true')).toEqual([
      ['BOOLEAN', true],
      ['INT8', 3],
      year,
    ] as never)
    expect(await types('transformedBitIsBoolean=true&tinyInt1isBit=false&yearIsDateType=false')).toEqual([
      ['INT8', 2],
      ['INT8', 3],
      ['INT16', 2026],
    ] as never)
  })

  test('connectionCollation and sessionVariables', async () => {
    const query = 'connectionCollation=utf8mb4_bin&sessionVariables=max_statement_time=7'
    expect(await rows(servers.mariadb, query, 'SELECT @@collation_connection, @@max_statement_time')).toEqual(
      [['utf8mb4_bin', '7.000000']],
    )
    expect(await rows(servers.mariadb, query, "SELECT 'a' = 'A'")).toEqual([['0']])
  })
})

test('Postgres: schema, options, name, and errors without values', async () => {
  const sql =
    "SELECT current_setting('search_path'), current_setting('work_mem'), current_setting('application_name')"
  await servers.postgres.query('CREATE SCHEMA there; CREATE TABLE there.unique_one (id int PRIMARY KEY)')
  const query = 'currentSchema=there,public&options=-c%20work_mem%3D7MB&ApplicationName=mine'
  expect(await rows(servers.postgres, query, sql)).toEqual([['there,public', '7MB', 'mine']])
  const twice = 'INSERT INTO there.unique_one SELECT 4711 FROM generate_series(1, 2)'
  const said = async (more: string) => String(await rows(servers.postgres, more, twice).catch(error => error))
  expect(await said('')).toContain('4711')
  const silent = await said('logServerErrorDetail=false')
  expect(silent).toContain('unique_one')
  expect(silent).not.toContain('4711')
})

test('Postgres: of several hosts the one that is of the kind asked for', async () => {
  const { url, user, password, port } = servers.postgres
  const several = url.replace('//', `//127.0.0.1:${port},`)
  const connect = (type: string) =>
    dialectFor(url).connect({ url: `${several}?targetServerType=${type}`, user, password, properties: {} })
  for (const type of ['primary', 'preferSecondary', 'any']) await (await connect(type)).close()
  await expect(connect('secondary')).rejects.toThrow('is secondary')
})

/** As much of MySQL 8 as a login without TLS that has not been cached sees of it; none of that version is to be had. */
function mysqlThatAsksForTheKey(): { port: number; passwords: Buffer[]; stop(): void } {
  const { publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const packet = (sequence: number, ...parts: (number[] | Buffer)[]) => {
    const content = Buffer.concat(parts.map(part => Buffer.from(part)))
    return Buffer.concat([Buffer.from([content.length & 255, content.length >> 8, 0, sequence]), content])
  }
  const scramble = createHash('sha1').update('scramble').digest()
  const plugin = Buffer.from('caching_sha2_password\0')
  const capabilities = Buffer.alloc(4)
  // Protocol 4.1, secure connection, authentication by plugins.
  capabilities.writeUInt32LE(0x200 | 0x8000 | 0x80000 | 0x8)
  const greeting = packet(
    0,
    [10],
    Buffer.from('8.0.99\0'),
    [1, 0, 0, 0],
    scramble.subarray(0, 8),
    [0],
    capabilities.subarray(0, 2),
    [45, 2, 0],
    capabilities.subarray(2),
    [21],
    Buffer.alloc(10),
    scramble.subarray(8),
    [0],
    plugin,
  )
  const passwords: Buffer[] = []
  const server = Bun.listen<{ step: number }>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open(socket) {
        socket.data = { step: 0 }
        socket.write(greeting)
      },
      data(socket, data) {
        const sequence = (data[3] ?? 0) + 1
        const step = ++socket.data.step
        if (step === 1) socket.write(packet(sequence, [0xfe], plugin, scramble, [0]))
        else if (step === 2) socket.write(packet(sequence, [1, 4]))
        else if (data.length === 5 && data[4] === 2) {
          socket.write(packet(sequence, [1], Buffer.from(publicKey)))
        } else {
          passwords.push(Buffer.from(data.subarray(4)))
          socket.end()
        }
      },
    },
  })
  return { port: server.port, passwords, stop: () => server.stop(true) }
}

test('a key by which the password is hidden is taken from a server only where that is allowed', async () => {
  const server = mysqlThatAsksForTheKey()
  const connect = (query: string) => {
    const url = `jdbc:mysql://127.0.0.1:${server.port}/d?sslMode=DISABLED${query}`
    return dialectFor(url).connect({ url, user: 'u', password: 'hidden', properties: {} })
  }
  const refused = await connect('').catch((error: SqlError) => error)
  expect(refused).toMatchObject({
    transient: false,
    message: expect.stringContaining('Public Key Retrieval is not allowed'),
    hint: expect.stringContaining('allowPublicKeyRetrieval=true'),
  })
  expect(server.passwords).toEqual([])
  // The server goes when it has the password.
  await expect(connect('&allowPublicKeyRetrieval=true')).rejects.toThrow('Cannot connect')
  expect(server.passwords.map(each => each.length)).toEqual([256])
  server.stop()
})

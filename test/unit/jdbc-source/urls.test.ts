import { describe, expect, test } from 'bun:test'
import { dialectFor } from '../../../connectors/jdbc/dialects/index.ts'
import { mysqlSettings } from '../../../connectors/jdbc/drivers/mysql-settings.ts'
import { postgresSettings } from '../../../connectors/jdbc/drivers/postgres-settings.ts'
import { serverUrl } from '../../../connectors/jdbc/drivers/server-url.ts'

const settings = (url: string, properties: Record<string, string> = {}, warn?: (text: string) => void) => ({
  url,
  user: 'u',
  password: null,
  properties,
  warn,
})

test.each([
  ['jdbc:postgresql://db:5433/shop', [['db', 5433]], 'shop', {}],
  ['jdbc:postgresql://db/shop?a=b%20c&d', [['db', 5432]], 'shop', { a: 'b c', d: '' }],
  [
    'jdbc:postgresql://[::1]:5433,h2,h3:1/',
    [
      ['::1', 5433],
      ['h2', 5432],
      ['h3', 1],
    ],
    '',
    {},
  ],
  ['jdbc:postgresql:shop', [['localhost', 5432]], 'shop', {}],
  ['jdbc:postgresql://db/a%2Fb?x=1+2', [['db', 5432]], 'a/b', { x: '1 2' }],
] as const)('%s', (url, hosts, database, parameters) => {
  const read = serverUrl(url, 5432)
  expect(read.hosts.map(({ host, port }) => [host, port])).toEqual(hosts as never)
  expect(read).toMatchObject({ database, parameters })
})

test.each([
  ['jdbc:postgresql://db:x/shop?password=secret', 'db:x is no <host>:<port>'],
  ['jdbc:postgresql://db:99999/shop?password=secret', 'the port of db:99999 is none'],
  ['jdbc:postgresql://joe:sec/secret@host/db', 'connection.user and connection.password'],
  ['jdbc:postgresql://joe:secret?x@host/db', 'what stands where hosts do is no <host>:<port>'],
  ['jdbc:mariadb://address=(host=h)(password=secret)/db', 'is no <host>:<port>'],
  ['jdbc:oracle:thin:scott/secret@h:1521/d', 'connection.user and connection.password'],
  ['jdbc:postgresql://me:secret@db/shop', 'connection.user and connection.password'],
  ['postgresql://db/shop?password=secret', 'it has the form jdbc:'],
  ['jdbc:postgresql://db/shop?password=secret%', 'two hex digits'],
])('%s is refused without its secrets', (url, message) => {
  let refused = ''
  try {
    serverUrl(url, 5432)
  } catch (error) {
    refused = (error as Error).message
  }
  expect(refused).toContain(message)
  expect(refused).not.toContain('secret')
})

describe('sslmode of Postgres', () => {
  const modes = (query: string) =>
    postgresSettings(settings(`jdbc:postgresql://h/d${query}`)).encryption.map(options =>
      options === null ? 'none' : options.rejectUnauthorized ? 'checked' : 'encrypted',
    )
  test.each([
    ['', 'encrypted none'],
    ['?sslmode=disable', 'none'],
    ['?sslmode=allow', 'none encrypted'],
    ['?sslmode=require', 'encrypted'],
    ['?ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory', 'encrypted'],
  ])('%s', (query, wanted) => {
    expect(modes(query).join(' ')).toBe(wanted)
  })
  test.each([
    ['?ssl=true&sslrootcert=/no/such/file', 'Cannot read /no/such/file'],
    ['?sslmode=verify-ca&sslrootcert=/etc/hostname', 'is no PEM file'],
    ['?sslmode=some', 'sslmode=some'],
    ['?sslfactory=com.example.Factory', 'com.example.Factory'],
    ['?gssEncMode=require', 'gssEncMode'],
    ['?sslhostnameverifier=x', 'sslhostnameverifier cannot be honoured'],
  ])('%s is refused', (query, message) => {
    expect(() => modes(query)).toThrow(message)
  })
})

describe('sslMode of MySQL and MariaDB', () => {
  const modes = (url: string) =>
    mysqlSettings(settings(url)).encryption.map(options =>
      options === null
        ? 'none'
        : options.rejectUnauthorized
          ? options.verifyIdentity
            ? 'identity'
            : 'checked'
          : 'encrypted',
    )
  test.each([
    ['jdbc:mysql://h/d', 'encrypted none'],
    ['jdbc:mysql://h/d?useSSL=false', 'none'],
    ['jdbc:mysql://h/d?useSSL=true&requireSSL=true', 'encrypted'],
    ['jdbc:mysql://h/d?useSSL=true&verifyServerCertificate=true', 'checked'],
    ['jdbc:mysql://h/d?sslMode=REQUIRED', 'encrypted'],
    ['jdbc:mysql://h/d?ssl-mode=REQUIRED', 'encrypted'],
    ['jdbc:mysql://h/d?sslmode=require', 'encrypted'],
    ['jdbc:mysql://h/d?sslMode=VERIFY_CA', 'checked'],
    ['jdbc:mysql://h/d?sslMode=VERIFY_IDENTITY', 'identity'],
    ['jdbc:mariadb://h/d?sslMode=trust', 'encrypted'],
    ['jdbc:mariadb://h/d?sslMode=verify-full', 'identity'],
    ['jdbc:mariadb://h/d', 'encrypted none'],
    ['jdbc:mariadb://h/d?useSsl=true', 'identity'],
    ['jdbc:mariadb://h/d?useSsl=true&disableSslHostnameVerification=true', 'checked'],
    ['jdbc:mariadb://h/d?useSsl=true&trustServerCertificate=true', 'encrypted'],
  ])('%s', (url, wanted) => {
    expect(modes(url).join(' ')).toBe(wanted)
  })
  test.each([
    ['?sslMode=some', 'sslMode=some'],
    ['?sslMode=VERIFY_CA&trustCertificateKeyStoreUrl=file:/x.jks&trustCertificateKeyStoreType=JKS', 'JKS'],
    ['?authenticationPlugins=y', 'authenticationPlugins cannot be honoured'],
    ['?zeroDateTimeBehavior=x', 'zeroDateTimeBehavior'],
  ])('%s is refused', (query, message) => {
    expect(() => modes(`jdbc:mysql://h/d${query}`)).toThrow(message)
  })
})

describe('properties that would make values others', () => {
  const mysqlOf = (query: string) => mysqlSettings(settings(`jdbc:mysql://h/d?${query}`))
  test.each([
    ['', null],
    ['connectionTimeZone=Europe/Berlin&preserveInstants=false', null],
    ['serverTimezone=UTC&useLegacyDatetimeCode=false', null],
    ['useJDBCCompliantTimezoneShift=true&useLegacyDatetimeCode=false&serverTimezone=UTC', null],
    ['connectionTimeZone=SERVER&forceConnectionTimeZoneToSession=true', null],
    ['connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true', '+00:00'],
    ['connectionTimeZone=GMT%2B2&forceConnectionTimeZoneToSession=true', '+02:00'],
    ['connectionTimeZone=-05:30&forceConnectionTimeZoneToSession=true', '-05:30'],
    ['serverTimezone=Europe/Berlin&forceConnectionTimeZoneToSession=true', 'Europe/Berlin'],
    ['timezone=disable', null],
    ['timezone=America/New_York', 'America/New_York'],
  ])('the session zone of %s', (query, zone) => {
    expect(mysqlOf(query).timeZone).toBe(zone)
  })
  test("the session has the process's own zone where it is asked for", () => {
    expect(mysqlOf('forceConnectionTimeZoneToSession=true').timeZone).not.toBeNull()
    expect(mysqlOf('timezone=auto').timeZone).toBe(mysqlOf('forceConnectionTimeZoneToSession=true').timeZone)
  })

  test.each([
    ['utf8mb4_bin', 'utf8mb4_bin'],
    ['utf8_general_ci', 'utf8mb4_general_ci'],
    ['utf8mb3_unicode_ci', 'utf8mb4_unicode_ci'],
  ])('connectionCollation=%s', (name, collation) => {
    expect(mysqlOf(`connectionCollation=${name}`).collation).toBe(collation)
  })

  test.each([
    ["timezone='x'", "timezone='x'", 'a zone of the IANA data base'],
    ['sendFractionalSeconds=false', 'sendFractionalSeconds=false', 'a type of whole seconds'],
    ['useTimezone=true', 'useTimezone=true', 'db.timezone'],
    ['blobsAreStrings=true', 'blobsAreStrings=true', 'CONVERT'],
    ['maxRows=10', 'maxRows=10', 'LIMIT'],
    ['databaseTerm=SCHEMA', 'databaseTerm=SCHEMA', 'catalog.pattern'],
    ['initSql=SET%20x', 'initSql=SET x', 'sessionVariables'],
    ['connectionCollation=latin1_swedish_ci', 'connectionCollation=latin1_swedish_ci', 'utf8mb4'],
    ['serverRSAPublicKeyFile=/no/such', 'Cannot read /no/such', ''],
    ['socketFactory=com.google.cloud.sql.mysql.SocketFactory', 'socketFactory', 'It concerns security'],
    ['credentialType=AWS-IAM', 'credentialType', 'It concerns security'],
  ])('MySQL: %s is refused with what to do', (query, message, hint) => {
    expect(() => mysqlOf(query)).toThrow(message)
    expect(hintOf(() => mysqlOf(query))).toContain(hint)
  })
  test.each([
    ['service=shop', 'service', 'Name host, port and database'],
    ['channelBinding=require', 'channelBinding=require', 'sslmode=verify-full'],
    ['socketFactory=com.google.cloud.sql.postgres.SocketFactory', 'socketFactory', 'It concerns security'],
    ['requireAuth=scram-sha-256', 'requireAuth', 'It concerns security'],
  ])('Postgres: %s is refused with what to do', (query, message, hint) => {
    const read = () => postgresSettings(settings(`jdbc:postgresql://h/d?${query}`))
    expect(read).toThrow(message)
    expect(hintOf(read)).toContain(hint)
  })

  test.each(['date_class=TEXT', 'date_precision=SECONDS'])('SQLite: %s is refused', async query => {
    const url = `jdbc:sqlite::memory:?${query}`
    await expect(dialectFor(url).connect(settings(url))).rejects.toThrow(`${query} cannot be honoured here`)
  })

  test('what changes nothing is not spoken of', () => {
    const told: string[] = []
    const tell = (text: string) => void told.push(text)
    const mysql =
      'jdbc:mysql://h/d?allowPublicKeyRetrieval=true&characterEncoding=latin1&tinyInt1isBit=false&sendFractionalSeconds=true&preserveInstants=true&rewriteBatchedStatements=true'
    const postgres =
      'jdbc:postgresql://h/d?reWriteBatchedInserts=true&stringtype=unspecified&loggerLevel=OFF&defaultRowFetchSize=10&channelBinding=prefer&cancelSignalTimeout=1'
    mysqlSettings(settings(mysql, {}, tell))
    postgresSettings(settings(postgres, {}, tell))
    expect(told).toEqual([])
  })

  test.each([
    ['', 10_000],
    ['connectTimeout=3', 3000],
    ['loginTimeout=4', 4000],
    ['loginTimeout=4&connectTimeout=3', 3000],
    ['loginTimeout=4&connectTimeout=0', 4000],
    ['connectTimeout=0', 0],
  ])('Postgres: %s waits so many milliseconds', (query, ms) => {
    expect(postgresSettings(settings(`jdbc:postgresql://h/d?${query}`)).connectTimeoutMs).toBe(ms)
  })
})

function hintOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as { hint?: string }).hint ?? ''
  }
  return ''
}

test("the connector's own properties win over the URL's, in any case; the rest is told once", () => {
  const told: string[] = []
  const read = postgresSettings(
    settings('jdbc:postgresql://h/d?currentSchema=a&odd=1', { currentschema: 'b', other: 'x' }, text =>
      told.push(text),
    ),
  )
  expect(read.currentSchema).toBe('b')
  expect(told).toEqual(["The connection's properties odd, other are not honoured"])
})

test('dialects by URL and by name, others refused', () => {
  expect(dialectFor('jdbc:postgresql://h/d').name).toBe('PostgreSqlDatabaseDialect')
  expect(dialectFor('JDBC:MariaDB://h/d').name).toBe('MySqlDatabaseDialect')
  expect(dialectFor('jdbc:sqlite:x.db').name).toBe('SqliteDatabaseDialect')
  expect(dialectFor('jdbc:other:x', 'SqliteDatabaseDialect').name).toBe('SqliteDatabaseDialect')
  expect(() => dialectFor('jdbc:db2://h:1/d:password=secret;')).toThrow(
    'There is no dialect for connection.url jdbc:db2://h:1/d',
  )
  expect(dialectFor('jdbc:sqlserver://h:1433;password=tiger').name).toBe('SqlServerDatabaseDialect')
  expect(() => dialectFor('jdbc:informix:scott/tiger@//h:1521/d')).toThrow(
    'There is no dialect for connection.url jdbc:informix:… here',
  )
  expect(() => dialectFor('jdbc:jtds:sqlserver://h:1433;password=tiger')).toThrow(
    'connection.url jdbc:jtds:sqlserver://h:1433… here',
  )
  expect(() => dialectFor('postgres://me:tiger@h')).toThrow('connection.url … is no JDBC URL')
  expect(() => dialectFor('jdbc:sqlite:x', 'Db2DatabaseDialect')).toThrow(
    'There is no dialect Db2DatabaseDialect',
  )
})

test('names in parts, with quotes and without', () => {
  const postgres = dialectFor('jdbc:postgresql:')
  const mysql = dialectFor('jdbc:mysql:')
  expect(postgres.tableId('"a.b"."c""d"')).toEqual({ catalog: null, schema: 'a.b', name: 'c"d' })
  expect(postgres.tableId('public.t')).toEqual({ catalog: null, schema: 'public', name: 't' })
  expect(mysql.tableId('`shop`.`t`')).toEqual({ catalog: 'shop', schema: null, name: 't' })
  expect(mysql.nameParts({ catalog: 'shop', schema: null, name: 't' }).map(mysql.quoted).join('.')).toBe(
    '`shop`.`t`',
  )
  expect(() => postgres.tableId('"open')).toThrow('does not end its quotes')
  expect(() => postgres.tableId('a..b')).toThrow('empty part')
})

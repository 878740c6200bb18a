import type { ConnectionOptions } from 'node:tls'
import type { Connection, ConnectionSettings } from './connection.ts'
import { PostgresConnection } from './postgres.ts'
import { cancelStatement } from './postgres-cancel.ts'
import { postgresError } from './postgres-error.ts'
import { type PostgresSettings, postgresSettings } from './postgres-settings.ts'
import type { Host } from './server-url.ts'
import { SqlError } from './sql-error.ts'

/** How text is to come: every digit of a float, ISO dates, bytes in hex. Java: org.postgresql.core.v3 */
const SESSION =
  "SET extra_float_digits = 3; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'; SET client_encoding = 'UTF8'"

/** Tries the URL's hosts in their order, until one is of the kind that it asks for. */
export async function connectPostgres(settings: ConnectionSettings): Promise<Connection> {
  const target = postgresSettings(settings)
  const prefers = target.serverType.startsWith('prefer')
  let refused: unknown = null
  for (const strict of prefers ? [true, false] : [true]) {
    for (const host of target.hosts) {
      try {
        const connection = await connectTo(host, target)
        if (!strict || (await suits(connection, target))) return connection
        await connection.close()
      } catch (error) {
        refused = error
      }
    }
  }
  if (refused !== null) throw refused
  throw new SqlError(
    `None of the servers of ${target.shown} is ${target.serverType}`,
    { state: '08001', code: '', transient: true },
    { hint: 'targetServerType of connection.url asks for it.' },
  )
}

async function connectTo(host: Host, target: PostgresSettings): Promise<PostgresConnection> {
  const what = `Cannot connect to Postgres at ${host.host}:${host.port}, database ${target.database} as user ${target.user}`
  let refused: unknown = null
  for (const encryption of target.encryption) {
    try {
      return await open(host, target, encryption, what)
    } catch (error) {
      refused ??= error
      // Only what concerns encryption may be otherwise without, or with it.
      if (!/SSL|TLS|certificate|encrypt|pg_hba/i.test((error as Error).message)) break
    }
  }
  throw refused
}

async function open(
  host: Host,
  target: PostgresSettings,
  encryption: ConnectionOptions | null,
  what: string,
): Promise<PostgresConnection> {
  const { Client: PostgresClient } = await import('pg')
  const client = new PostgresClient({
    host: host.host,
    port: host.port,
    database: target.database,
    user: target.user,
    password: target.password ?? undefined,
    ssl: encryption ?? false,
    keepAlive: true,
    connectionTimeoutMillis: target.connectTimeoutMs,
    application_name: target.applicationName,
    options: target.options ?? undefined,
  })
  const cancel = () => cancelStatement(client, host, encryption)
  const connection = new PostgresConnection(client, target, cancel)
  const { connectTimeoutMs } = target
  // The client's own limit ends with its login.
  const timer =
    connectTimeoutMs === 0
      ? undefined
      : setTimeout(
          () => connection.breakOff(`No answer within ${connectTimeoutMs / 1000} s (connectTimeout)`),
          connectTimeoutMs,
        )
  try {
    await client.connect()
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll("'", '')
    await client.query(`${SESSION}; SET TimeZone = '${zone}'`)
    if (target.currentSchema !== null) {
      await client.query({
        text: "SELECT set_config('search_path', $1, false)",
        values: [target.currentSchema],
      })
    }
    if (target.readOnly) await client.query('SET default_transaction_read_only = on')
  } catch (error) {
    await connection.close()
    throw postgresError(error, what)
  } finally {
    clearTimeout(timer)
  }
  return connection
}

async function suits(connection: PostgresConnection, { serverType }: PostgresSettings): Promise<boolean> {
  if (serverType === 'any') return true
  const cursor = await connection.query('SELECT pg_catalog.pg_is_in_recovery()')
  const rows = await cursor.next(1)
  await cursor.close()
  const isSecondary = rows[0]?.[0] === 't'
  return isSecondary === (serverType === 'secondary' || serverType === 'preferSecondary')
}

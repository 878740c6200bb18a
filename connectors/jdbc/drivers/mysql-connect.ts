import type { SslOptions } from 'mysql2'
import type { ConnectionSettings } from './connection.ts'
import { MysqlConnection } from './mysql.ts'
import type { MysqlClient } from './mysql-client.ts'
import { mysqlError } from './mysql-error.ts'
import { type MysqlSettings, mysqlSettings } from './mysql-settings.ts'
import type { Host } from './server-url.ts'

/** Tries the URL's hosts in their order. */
export async function connectMysql(settings: ConnectionSettings): Promise<MysqlConnection> {
  const target = mysqlSettings(settings)
  let refused: unknown = null
  for (const host of target.hosts) {
    try {
      return await connectTo(host, target)
    } catch (error) {
      refused = error
    }
  }
  throw refused
}

async function connectTo(host: Host, target: MysqlSettings): Promise<MysqlConnection> {
  const of = target.database ? `, database ${target.database}` : ''
  const what = `Cannot connect to MySQL at ${host.host}:${host.port}${of} as user ${target.user}`
  let refused: unknown = null
  for (const encryption of target.encryption) {
    try {
      return await open(host, target, encryption)
    } catch (error) {
      refused ??= error
      if ((error as { code?: string }).code !== 'HANDSHAKE_NO_SSL_SUPPORT') break
    }
  }
  throw mysqlError(refused, what)
}

async function open(
  host: Host,
  target: MysqlSettings,
  encryption: SslOptions | null,
): Promise<MysqlConnection> {
  const { createConnection } = (await import('mysql2')).default
  const client = createConnection({
    host: host.host,
    port: host.port,
    user: target.user,
    password: target.password ?? undefined,
    database: target.database || undefined,
    ssl: encryption ?? undefined,
    connectTimeout: target.connectTimeoutMs,
    charset: 'utf8mb4',
    multipleStatements: false,
    compress: target.compress,
    // A server that asks for a local file gets none.
    flags: ['-LOCAL_FILES'],
  }) as unknown as MysqlClient
  const ready = new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
  })
  try {
    await ready
  } catch (error) {
    client.destroy()
    throw error
  }
  const connection = new MysqlConnection(client, target, () => open(host, target, encryption))
  // The client's own limit ends with the login.
  const timer = setTimeout(
    () => connection.breakOff(`No answer within ${target.connectTimeoutMs} ms (connectTimeout)`),
    target.connectTimeoutMs,
  )
  try {
    await connection.prepare()
  } catch (error) {
    await connection.close()
    throw error
  } finally {
    clearTimeout(timer)
  }
  return connection
}

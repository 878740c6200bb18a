import type { SslOptions } from 'mysql2'
import type { ConnectionSettings } from './connection.ts'
import { MysqlConnection } from './mysql.ts'
import type { MysqlClient } from './mysql-client.ts'
import { mysqlError } from './mysql-error.ts'
import { type MysqlSettings, mysqlSettings } from './mysql-settings.ts'
import type { Host } from './server-url.ts'
import { SqlError } from './sql-error.ts'

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
  const { createConnection, authPlugins } = (await import('mysql2')).default
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
    authPlugins:
      encryption === null ? hidingPlugins(target, authPlugins as unknown as HidingPlugins) : undefined,
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

type HidingPlugin = (options: { serverPublicKey?: string; onServerPublicKey?: () => void }) => never
type HidingPlugins = Record<'caching_sha2_password' | 'sha256_password', HidingPlugin>

/** Without TLS a key hides the password: whoever answers for the server could name its own. */
function hidingPlugins(
  { allowPublicKeyRetrieval, serverPublicKey }: MysqlSettings,
  known: HidingPlugins,
): Record<string, never> {
  const options = {
    ...(serverPublicKey !== null && { serverPublicKey }),
    onServerPublicKey: () => {
      if (allowPublicKeyRetrieval) return
      throw new SqlError(
        'Public Key Retrieval is not allowed: without TLS the server is to name the key by which the password is hidden',
        { state: '08001', code: '', transient: false },
        {
          hint: 'Use TLS (sslMode=REQUIRED or more), name the key by serverRSAPublicKeyFile, or trust the network with allowPublicKeyRetrieval=true.',
        },
      )
    },
  }
  return {
    caching_sha2_password: known.caching_sha2_password(options),
    sha256_password: known.sha256_password(options),
  }
}

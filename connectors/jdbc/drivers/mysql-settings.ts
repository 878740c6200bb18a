import { userInfo } from 'node:os'
import type { SslOptions } from 'mysql2'
import { ConnectException } from '#bunnect'
import type { ConnectionSettings } from './connection.ts'
import { DriverProperties } from './driver-properties.ts'
import type { ColumnTypes, ZeroDates } from './mysql-columns.ts'
import { sessionTimeZone } from './mysql-time-zone.ts'
import { pemFile } from './pem.ts'
import { type Host, serverUrl } from './server-url.ts'

/** What a JDBC URL of MySQL or MariaDB asks for. Java: com.mysql.cj.conf.PropertyKey, org.mariadb.jdbc.Configuration */
export interface MysqlSettings {
  readonly shown: string
  readonly hosts: readonly Host[]
  readonly database: string
  readonly user: string
  readonly password: string | null
  /** Tried one after the other: TLS with these options, or null for none. */
  readonly encryption: readonly (SslOptions | null)[]
  readonly connectTimeoutMs: number
  /** Of silence while something is awaited; 0 = any. */
  readonly socketTimeoutMs: number
  /** Of the session; null = that of the server. */
  readonly timeZone: string | null
  /** Of the session, of utf8mb4; null = that of the server. */
  readonly collation: string | null
  readonly columnTypes: ColumnTypes
  /** Where TLS hides nothing: whether the server may name the key by which the password is hidden from it. */
  readonly allowPublicKeyRetrieval: boolean
  /** That key in PEM, where it is known. */
  readonly serverPublicKey: string | null
  /** `a=1,b=2` for SET SESSION. */
  readonly sessionVariables: string | null
  /** A value that does not fit is refused rather than cut. */
  readonly strict: boolean
  /** What becomes of `0000-00-00`. */
  readonly zeroDates: ZeroDates
  readonly compress: boolean
  /** Tables are looked for in the session's database alone where nothing says which. */
  readonly nullCatalogMeansCurrent: boolean
}

/** @throws ConnectException for what cannot be honoured and concerns security, or has no such value */
export function mysqlSettings(settings: ConnectionSettings): MysqlSettings {
  const url = serverUrl(settings.url, 3306)
  if (url.mode !== null && !['loadbalance', 'replication', 'sequential', 'aurora'].includes(url.mode)) {
    throw new ConnectException(`connection.url ${url.shown} asks for ${url.mode}, which is not known here`)
  }
  const properties = new DriverProperties(url.parameters, settings.properties)
  const user = settings.user ?? properties.text('user') ?? userInfo().username
  const password = settings.password ?? properties.text('password')
  properties.text('user', 'password')
  const zeroDates = (properties.text('zeroDateTimeBehavior') ?? 'EXCEPTION')
    .toUpperCase()
    .replace('CONVERTTONULL', 'CONVERT_TO_NULL')
  if (zeroDates !== 'EXCEPTION' && zeroDates !== 'CONVERT_TO_NULL' && zeroDates !== 'ROUND') {
    throw new ConnectException(
      'zeroDateTimeBehavior of connection.url must be one of EXCEPTION, CONVERT_TO_NULL, ROUND',
    )
  }
  const read: MysqlSettings = {
    shown: url.shown,
    hosts: url.hosts,
    database: url.database,
    user,
    password,
    encryption: encryption(properties, /^jdbc:mariadb:/i.test(url.shown)),
    connectTimeoutMs: properties.number('connectTimeout') || 30_000,
    socketTimeoutMs: properties.number('socketTimeout') ?? 0,
    timeZone: sessionTimeZone(properties),
    collation: collation(properties),
    columnTypes: columnTypes(properties),
    allowPublicKeyRetrieval: properties.flag('allowPublicKeyRetrieval') ?? false,
    serverPublicKey: publicKey(properties),
    sessionVariables: properties.text('sessionVariables'),
    strict: properties.flag('jdbcCompliantTruncation') ?? true,
    zeroDates,
    compress: properties.flag('useCompression') ?? false,
    nullCatalogMeansCurrent: properties.flag('nullCatalogMeansCurrent', 'nullDatabaseMeansCurrent') ?? false,
  }
  refuseOtherValues(properties)
  properties.pointless(...POINTLESS)
  properties.refuseRest(settings.warn)
  return read
}

/** What has no say here in what values are, nor in who reads them. */
const POINTLESS = [
  'allowLoadLocalInfile',
  'allowLocalInfile',
  'allowMultiQueries',
  'allowUrlInLocalInfile',
  'alwaysSendSetIsolation',
  'autoDeserialize',
  'autoReconnect',
  'autoReconnectForPools',
  'cacheCallableStmts',
  'cacheDefaultTimeZone',
  'cachePrepStmts',
  'cacheResultSetMetadata',
  'cacheServerConfiguration',
  'characterEncoding',
  'characterSetResults',
  'defaultFetchSize',
  'elideSetAutoCommits',
  'enableQueryTimeouts',
  'failOverReadOnly',
  'initialTimeout',
  'maintainTimeStats',
  'maxReconnects',
  'netTimeoutForStreamingResults',
  'permitMysqlScheme',
  'prepStmtCacheSize',
  'prepStmtCacheSqlLimit',
  'preserveInstants',
  'rewriteBatchedStatements',
  'tcpKeepAlive',
  'tcpNoDelay',
  'useAffectedRows',
  'useBulkStmts',
  'useCursorFetch',
  'useInformationSchema',
  'useLocalSessionState',
  'useLocalTransactionState',
  'useReadAheadInput',
  'useServerPrepStmts',
  'useUnicode',
]

/** What shifts times to other zones. */
const SHIFTS = ['useTimezone', 'useGmtMillisForDatetimes', 'useJDBCCompliantTimezoneShift']
const ZONES = 'Take it away: db.timezone of the connector is the zone of all times without one.'

function refuseOtherValues(properties: DriverProperties): void {
  properties.only(
    'sendFractionalSeconds',
    'true',
    'Take it away, and give the column a type of whole seconds.',
  )
  // The JVM's driver voids them by this one, which stands in many a URL beside them; its later releases know none.
  if (properties.flag('useLegacyDatetimeCode') === false) properties.pointless(...SHIFTS)
  else for (const name of SHIFTS) properties.only(name, 'false', ZONES)
  properties.only(
    'blobsAreStrings',
    'false',
    'Read a query that converts the column: CONVERT(c USING utf8mb4).',
  )
  properties.only('maxRows', '0', 'Take it away: query.suffix=LIMIT … bounds a query.')
  properties.only(
    'databaseTerm',
    'catalog',
    'Take it away: databases are catalogues here, see catalog.pattern.',
  )
  properties.only('initSql', '', 'Set what it sets by sessionVariables=a=1,b=2.')
}

function columnTypes(properties: DriverProperties): ColumnTypes {
  const isBit = properties.flag('tinyInt1isBit') ?? true
  const isBoolean = properties.flag('transformedBitIsBoolean') ?? false
  return { tinyInt1IsBoolean: isBit && isBoolean, yearIsDate: properties.flag('yearIsDateType') ?? true }
}

/** It decides what is equal and what comes first where the columns do not. */
function collation(properties: DriverProperties): string | null {
  // Older URLs name those of utf8, which all have their like.
  const name = properties.text('connectionCollation')?.replace(/^utf8(?:mb3)?_/i, 'utf8mb4_') ?? null
  if (name === null || /^utf8mb4_\w+$/i.test(name)) return name
  throw new ConnectException(`connectionCollation=${name} of connection.url cannot be honoured here`, {
    hint: 'The session speaks utf8mb4: name a collation of it, such as utf8mb4_general_ci.',
  })
}

function publicKey(properties: DriverProperties): string | null {
  const path = properties.text('serverRSAPublicKeyFile')
  return path === null ? null : pemFile(path, 'serverRSAPublicKeyFile')
}

/** By the names that the drivers of MySQL and of MariaDB have for it. */
const SSL_MODES: Readonly<Record<string, 'none' | 'preferred' | 'required' | 'ca' | 'identity'>> = {
  disabled: 'none',
  disable: 'none',
  preferred: 'preferred',
  required: 'required',
  require: 'required',
  trust: 'required',
  verify_ca: 'ca',
  verify_identity: 'identity',
  verify_full: 'identity',
}

function encryption(properties: DriverProperties, mariadb: boolean): (SslOptions | null)[] {
  // The second is how MySQL's own clients and the URIs of hosted servers spell it.
  const text = properties.text('sslMode', 'ssl-mode')
  const known = text === null ? undefined : SSL_MODES[text.toLowerCase().replaceAll('-', '_')]
  if (text !== null && known === undefined) {
    throw new ConnectException(
      `sslMode=${text} of connection.url is none of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY`,
    )
  }
  const use = properties.flag('useSSL', 'useSsl')
  const require = properties.flag('requireSSL')
  const verify = properties.flag('verifyServerCertificate')
  const trust = properties.flag('trustServerCertificate')
  const unnamed = properties.flag('disableSslHostnameVerification')
  let mode = known
  if (mode === undefined && use === false) mode = 'none'
  if (mode === undefined && trust) mode = 'required'
  if (mode === undefined && verify) mode = use || require ? 'ca' : 'preferred'
  // useSsl=true of MariaDB's driver checks the server; that of MySQL's encrypts where the server can.
  if (mode === undefined && mariadb && use) mode = unnamed ? 'ca' : 'identity'
  if (mode === undefined) mode = require ? 'required' : 'preferred'
  const options = tlsOptions(properties, mode)
  if (mode === 'none') return [null]
  return mode === 'preferred' && !require ? [options, null] : [options]
}

function tlsOptions(properties: DriverProperties, mode: string): SslOptions {
  const checked = mode === 'ca' || mode === 'identity'
  const root = properties.text('serverSslCert', 'sslRootCert', 'trustCertificateKeyStoreUrl')
  const type = properties.text('trustCertificateKeyStoreType', 'clientCertificateKeyStoreType')
  const certificate = properties.text('sslCert')
  const key = properties.text('sslKey')
  const passphrase = properties.text('keyPassword')
  const protocols = properties.text('tlsVersions', 'enabledTLSProtocols', 'enabledSslProtocolSuites')
  properties.text('trustCertificateKeyStorePassword', 'fallbackToSystemTrustStore')
  if (type !== null && type.toUpperCase() !== 'PEM') {
    throw new ConnectException(
      `The connection's certificates are of type ${type}, which cannot be read here`,
      {
        hint: 'Turn the key store into PEM and name it by sslRootCert, sslCert and sslKey.',
      },
    )
  }
  const options: SslOptions = { rejectUnauthorized: checked, verifyIdentity: mode === 'identity' }
  if (checked && root !== null)
    options.ca = root.includes('-----BEGIN ') ? root : pemFile(root, 'sslRootCert')
  if (certificate !== null) options.cert = pemFile(certificate, 'sslCert')
  if (key !== null) options.key = pemFile(key, 'sslKey')
  if (passphrase !== null) options.passphrase = passphrase
  if (protocols !== null) options.minVersion = lowestOf(protocols)
  return options
}

function lowestOf(protocols: string): string {
  const known = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']
  const wanted = protocols.split(',').map(text => text.trim())
  return known.find(each => wanted.includes(each)) ?? 'TLSv1.2'
}

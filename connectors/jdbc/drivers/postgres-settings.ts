import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { ConnectException } from '#bunnect'
import type { ConnectionSettings } from './connection.ts'
import { DriverProperties } from './driver-properties.ts'
import { pemFile } from './pem.ts'
import { type Host, serverUrl } from './server-url.ts'

export type ServerType = 'any' | 'primary' | 'secondary' | 'preferPrimary' | 'preferSecondary'

/** What a JDBC URL of Postgres asks for. Java: org.postgresql.PGProperty */
export interface PostgresSettings {
  readonly shown: string
  readonly hosts: readonly Host[]
  readonly database: string
  readonly user: string
  readonly password: string | null
  /** Tried one after the other: TLS with these options, or null for none. */
  readonly encryption: readonly (ConnectionOptions | null)[]
  readonly serverType: ServerType
  readonly connectTimeoutMs: number
  /** Of silence while something is awaited; 0 = any. */
  readonly socketTimeoutMs: number
  readonly applicationName: string
  /** Command line of the session: `-c search_path=x`. */
  readonly options: string | null
  readonly currentSchema: string | null
  readonly readOnly: boolean
  /** Whether errors tell what the server says of values. */
  readonly tellsDetails: boolean
  /** After so many uses a statement is prepared once for all; 0 = never. */
  readonly prepareThreshold: number
}

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']

const SERVER_TYPES: Readonly<Record<string, ServerType>> = {
  any: 'any',
  master: 'primary',
  primary: 'primary',
  slave: 'secondary',
  secondary: 'secondary',
  preferslave: 'preferSecondary',
  prefersecondary: 'preferSecondary',
  preferprimary: 'preferPrimary',
}

/** @throws ConnectException for what cannot be honoured and concerns security, or has no such value */
export function postgresSettings(settings: ConnectionSettings): PostgresSettings {
  const url = serverUrl(settings.url, 5432)
  const properties = new DriverProperties(url.parameters, settings.properties)
  const user = settings.user ?? properties.text('user') ?? userInfo().username
  const password = settings.password ?? properties.text('password')
  properties.text('user', 'password')
  const serverType = SERVER_TYPES[(properties.text('targetServerType') ?? 'any').toLowerCase()]
  if (serverType === undefined) {
    throw new ConnectException(
      'targetServerType of connection.url must be one of any, primary, secondary, preferPrimary, preferSecondary',
    )
  }
  const read: PostgresSettings = {
    shown: url.shown,
    hosts: properties.flag('loadBalanceHosts') ? shuffled(url.hosts) : url.hosts,
    database: url.database || properties.text('PGDBNAME') || user,
    user,
    password,
    encryption: encryption(properties),
    serverType,
    connectTimeoutMs: 1000 * connectTimeout(properties),
    socketTimeoutMs: 1000 * (properties.number('socketTimeout') ?? 0),
    applicationName: properties.text('ApplicationName') || 'bunnect',
    options: properties.text('options'),
    currentSchema: properties.text('currentSchema'),
    readOnly: properties.flag('readOnly') ?? false,
    tellsDetails: properties.flag('logServerErrorDetail') ?? true,
    prepareThreshold: properties.number('prepareThreshold') ?? 5,
  }
  properties.pointless(...POINTLESS)
  if ((properties.text('gssEncMode') ?? 'allow').toLowerCase() === 'require') {
    throw new ConnectException('gssEncMode=require of connection.url cannot be honoured here: use sslmode')
  }
  if (properties.text('service') !== null) {
    throw new ConnectException('service of connection.url cannot be honoured here', {
      hint: 'Name host, port and database in the URL, and the user in connection.user.',
    })
  }
  if (properties.text('channelBinding')?.toLowerCase() === 'require') {
    throw new ConnectException('channelBinding=require of connection.url cannot be honoured here', {
      hint: 'sslmode=verify-full keeps others from standing between.',
    })
  }
  properties.refuseRest(settings.warn)
  return read
}

/** What has no say here in what values are, nor in who reads them. */
const POINTLESS = [
  'adaptiveFetch',
  'adaptiveFetchMaximum',
  'adaptiveFetchMinimum',
  'allowEncodingChanges',
  'assumeMinServerVersion',
  'autosave',
  'binaryTransfer',
  'binaryTransferDisable',
  'binaryTransferEnable',
  'cancelSignalTimeout',
  'cleanupSavepoints',
  'convertBooleanToNumeric',
  'databaseMetadataCacheFields',
  'databaseMetadataCacheFieldsMiB',
  'defaultRowFetchSize',
  'disableColumnSanitiser',
  'escapeSyntaxCallMode',
  'groupStartupParameters',
  'hostRecheckSeconds',
  'logUnclosedConnections',
  'loggerFile',
  'loggerLevel',
  'maxResultBuffer',
  'maxSendBufferSize',
  'preferQueryMode',
  'preparedStatementCacheQueries',
  'preparedStatementCacheSizeMiB',
  'queryTimeout',
  'quoteReturningIdentifiers',
  'reWriteBatchedInserts',
  'readOnlyMode',
  'receiveBufferSize',
  'sendBufferSize',
  'sslResponseTimeout',
  'stringtype',
  'tcpKeepAlive',
  'tcpNoDelay',
  'unknownLength',
]

/** In seconds, 0 = any: the shorter one of two. */
function connectTimeout(properties: DriverProperties): number {
  const connect = properties.number('connectTimeout') ?? 10
  const login = properties.number('loginTimeout') ?? 0
  return login > 0 && (connect === 0 || login < connect) ? login : connect
}

function encryption(properties: DriverProperties): (ConnectionOptions | null)[] {
  const factory = properties.text('sslfactory')
  const unchecked = factory === 'org.postgresql.ssl.NonValidatingFactory'
  if (
    factory !== null &&
    !unchecked &&
    !/^org\.postgresql\.ssl\.(?:LibPQ|DefaultJavaSSL)Factory$/.test(factory)
  ) {
    throw new ConnectException(`sslfactory=${factory} of connection.url cannot be honoured here`, {
      hint: 'Name the certificates in PEM files by sslrootcert, sslcert and sslkey.',
    })
  }
  // ssl=true without more means verify-full, as in the JVM's driver.
  const mode = (
    properties.text('sslmode') ?? (properties.flag('ssl') ? 'verify-full' : 'prefer')
  ).toLowerCase()
  properties.flag('ssl')
  if (!SSL_MODES.includes(mode)) {
    throw new ConnectException(`sslmode=${mode} of connection.url is none of ${SSL_MODES.join(', ')}`)
  }
  const options = tlsOptions(properties, unchecked && mode !== 'verify-ca' ? 'require' : mode)
  if (mode === 'disable') return [null]
  if (mode === 'allow') return [null, options]
  return mode === 'prefer' ? [options, null] : [options]
}

function tlsOptions(properties: DriverProperties, mode: string): ConnectionOptions {
  const root = properties.text('sslrootcert')
  const certificate = properties.text('sslcert')
  const key = properties.text('sslkey')
  const passphrase = properties.text('sslpassword')
  const checked = mode === 'verify-ca' || mode === 'verify-full'
  const options: ConnectionOptions = { rejectUnauthorized: checked }
  if (checked) options.ca = rootCertificates(root)
  // The chain counts, whatever name the certificate has.
  if (mode === 'verify-ca') options.checkServerIdentity = () => undefined
  if (certificate !== null) options.cert = pemFile(certificate, 'sslcert')
  if (key !== null) options.key = pemFile(key, 'sslkey')
  if (passphrase !== null) options.passphrase = passphrase
  return options
}

/** Without a name it is libpq's own file, or else nothing would be checked that the user meant to be. */
function rootCertificates(path: string | null): string {
  const file = path ?? join(userInfo().homedir, '.postgresql', 'root.crt')
  return pemFile(file, 'sslrootcert')
}

function shuffled(hosts: readonly Host[]): Host[] {
  return hosts
    .map(host => ({ host, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ host }) => host)
}

import { ConnectException } from '#bunnect'
import type { ConnectionSettings } from './connection.ts'
import { DriverProperties } from './driver-properties.ts'
import { type OracleTarget, oracleUrl } from './oracle-url.ts'
import type { ConnectOptions, Privilege } from './oracledb.ts'

/** What a JDBC URL of Oracle asks for. Java: oracle.jdbc.OracleConnection's properties, oracle.net's */
export interface OracleSettings {
  /** Where it connects, for people. */
  readonly shown: string
  readonly user: string
  /** Never part of a text. */
  readonly secrets: readonly string[]
  /** What the client is given. */
  readonly options: ConnectOptions
  readonly privilege: Privilege | null
  /** Of one address, and of the login that follows. */
  readonly connectTimeoutMs: number
  /** Of silence while something is awaited; 0 = any. */
  readonly readTimeoutMs: number
  /** oracle.jdbc.J2EE13Compliant: FLOAT and the binary floats are doubles. */
  readonly floatsAreDoubles: boolean
  /** oracle.jdbc.mapDateToTimestamp=false: a DATE is a day. */
  readonly datesAreDays: boolean
}

const PRIVILEGES: readonly string[] = ['SYSDBA', 'SYSOPER', 'SYSBACKUP', 'SYSDG', 'SYSKM', 'SYSASM', 'SYSRAC']

/** @throws ConnectException for what cannot be honoured and concerns security, or has no such value */
export function oracleSettings(settings: ConnectionSettings): OracleSettings {
  const url = oracleUrl(settings.url)
  const properties = new DriverProperties(url.parameters, settings.properties)
  const user = settings.user ?? properties.text('user') ?? url.user
  const password = settings.password ?? properties.text('password') ?? url.password
  properties.text('user', 'password')
  if (user === null || password === null) {
    throw new ConnectException(`No ${user === null ? 'user' : 'password'} for Oracle at ${url.shown}`, {
      hint: 'Set connection.user and connection.password: the operating system, a wallet or Kerberos cannot vouch for a user here.',
    })
  }
  const walletPassword = properties.text('oracle.net.wallet_password', 'wallet_password')
  // The JVM's driver counts in milliseconds, its URL's own parameters in seconds.
  const seconds = properties.number('connect_timeout', 'oracle.jdbc.loginTimeout')
  const millis = properties.number('oracle.net.CONNECT_TIMEOUT')
  const connectTimeoutMs = millis || (seconds ?? 0) * 1000 || 30_000
  const timeout = Math.ceil(connectTimeoutMs / 1000)
  refuseEncryption(properties)
  const read: OracleSettings = {
    shown: url.shown,
    user,
    secrets: [password, walletPassword ?? ''].filter(secret => secret !== ''),
    options: defined({
      user,
      password,
      connectString: connectString(url.target, properties),
      configDir: properties.text('oracle.net.tns_admin', 'TNS_ADMIN'),
      walletLocation: wallet(
        properties.text('oracle.net.wallet_location', 'wallet_location', 'my_wallet_directory'),
      ),
      walletPassword,
      sslServerDNMatch: properties.flag(
        'oracle.net.ssl_server_dn_match',
        'ssl_server_dn_match',
        'tls_server_dn_match',
      ),
      sslServerCertDN: properties.text(
        'oracle.net.ssl_server_cert_dn',
        'ssl_server_cert_dn',
        'tls_server_cert_dn',
      ),
      sslAllowWeakDNMatch: properties.flag('oracle.net.ssl_allow_weak_dn_match', 'ssl_allow_weak_dn_match'),
      httpsProxy: properties.text('oracle.net.httpsProxyHost', 'https_proxy'),
      httpsProxyPort: properties.number('oracle.net.httpsProxyPort', 'https_proxy_port'),
      retryCount: properties.number('retry_count'),
      retryDelay: properties.number('retry_delay'),
      sdu: properties.number('oracle.net.SDU', 'sdu'),
      expireTime: properties.number('oracle.net.expire_time', 'expire_time'),
      connectTimeout: timeout,
      transportConnectTimeout: Math.min(timeout, properties.number('transport_connect_timeout') || 20),
      program: properties.text('v$session.program') ?? 'bunnect',
      machine: properties.text('v$session.machine'),
      osUser: properties.text('v$session.osuser'),
      terminal: properties.text('v$session.terminal'),
    }),
    privilege: privilege(properties.text('oracle.jdbc.internal_logon', 'internal_logon')),
    connectTimeoutMs,
    readTimeoutMs: properties.number('oracle.jdbc.ReadTimeout', 'oracle.net.READ_TIMEOUT') ?? 0,
    floatsAreDoubles: properties.flag('oracle.jdbc.J2EE13Compliant') ?? false,
    datesAreDays: properties.flag('oracle.jdbc.mapDateToTimestamp') === false,
  }
  properties.pointless(
    'defaultBatchValue',
    'defaultNChar',
    'defaultRowPrefetch',
    'includeSynonyms',
    'oracle.jdbc.convertNcharLiterals',
    'oracle.jdbc.defaultConnectionValidation',
    'oracle.jdbc.defaultLobPrefetchSize',
    'oracle.jdbc.defaultNChar',
    'oracle.jdbc.defaultRowPrefetch',
    'oracle.jdbc.fanEnabled',
    'oracle.jdbc.freeMemoryOnEnterImplicitCache',
    'oracle.jdbc.implicitStatementCacheSize',
    'oracle.jdbc.javaNetNio',
    'oracle.jdbc.maxCachedBufferSize',
    'oracle.jdbc.timezoneAsRegion',
    'oracle.jdbc.useFetchSizeWithLongColumn',
    'oracle.net.disableOob',
    'oracle.net.keepAlive',
    'remarksReporting',
    'useFetchSizeWithLongColumn',
  )
  properties.refuseRest(settings.warn)
  return read
}

/** Native network encryption: ACCEPTED, the default of both sides, asks for nothing. */
function refuseEncryption(properties: DriverProperties): void {
  for (const name of ['oracle.net.encryption_client', 'oracle.net.crypto_checksum_client']) {
    const level = (properties.text(name) ?? 'ACCEPTED').trim().toUpperCase()
    if (level === 'ACCEPTED' || level === 'REJECTED') continue
    throw new ConnectException(`The connection's property ${name}=${level} cannot be honoured here`, {
      hint: "There is no native network encryption: connect by TLS, with PROTOCOL=tcps or jdbc:oracle:thin:@tcps://…, on a port of the listener's that speaks it.",
    })
  }
  // Which algorithms it would be.
  properties.text('oracle.net.encryption_types_client', 'oracle.net.crypto_checksum_types_client')
}

function privilege(text: string | null): Privilege | null {
  if (text === null) return null
  const name = text.toUpperCase()
  if (PRIVILEGES.includes(name)) return name as Privilege
  throw new ConnectException(`internal_logon=${text} of the connection is none of ${PRIVILEGES.join(', ')}`)
}

/** A folder that holds ewallet.pem, as the JVM's driver takes it: with `file:` or Oracle's own long form. */
function wallet(text: string | null): string | null {
  if (text === null) return null
  const folder = /\(\s*DIRECTORY\s*=\s*"?([^)"]+)"?\s*\)/i.exec(text)?.[1] ?? text
  return folder.trim().replace(/^file:(?:\/\/(?=\/))?/, '')
}

/** Servers are described at length: the short form of the client does not know every URL of the JVM's. */
function connectString(target: OracleTarget, properties: DriverProperties): string {
  const wishes = (['load_balance', 'failover', 'source_route', 'enable'] as const).flatMap(name => {
    const value = properties.text(name)
    return value === null ? [] : [`(${name.toUpperCase()}=${plain(value, name)})`]
  })
  if (target.kind === 'alias') return target.name
  if (target.kind === 'descriptor') return target.text
  const protocol = target.encrypted ? 'tcps' : 'tcp'
  const addresses = target.hosts.map(
    ({ host, port }) => `(ADDRESS=(PROTOCOL=${protocol})(HOST=${host})(PORT=${port}))`,
  )
  const data = [
    `(${target.named === 'sid' ? 'SID' : 'SERVICE_NAME'}=${target.name})`,
    ...(target.mode === null ? [] : [`(SERVER=${target.mode})`]),
    ...(target.instance === null ? [] : [`(INSTANCE_NAME=${target.instance})`]),
  ]
  return `(DESCRIPTION=${wishes.join('')}(ADDRESS_LIST=${addresses.join('')})(CONNECT_DATA=${data.join('')}))`
}

function plain(value: string, name: string): string {
  if (/^\w+$/.test(value)) return value
  throw new ConnectException(`The connection's property ${name} is '${value}': it is on or off`)
}

/** Without what nobody has set: the client knows its own defaults. */
function defined(
  options: { readonly [K in keyof ConnectOptions]: ConnectOptions[K] | null },
): ConnectOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== null),
  ) as unknown as ConnectOptions
}

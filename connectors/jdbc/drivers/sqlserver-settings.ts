import { ConnectException } from '#bunnect'
import type { ConnectionSettings } from './connection.ts'
import { DriverProperties } from './driver-properties.ts'
import { pemFile } from './pem.ts'
import { sqlServerUrl } from './sqlserver-url.ts'

/** What a JDBC URL of SQL Server asks for. Java: com.microsoft.sqlserver.jdbc.SQLServerDriver, its properties */
export interface SqlServerSettings {
  readonly host: string
  /** Null where the instance's name has to be asked for, at UDP port 1434. */
  readonly port: number | null
  readonly instance: string | null
  readonly database: string | null
  readonly user: string
  readonly password: string | null
  /** Of the account in Windows (NTLM); null for a login of the server. */
  readonly domain: string | null
  readonly encryption: SqlServerEncryption
  readonly connectTimeoutMs: number
  /** Of silence while something is awaited; 0 = any. */
  readonly socketTimeoutMs: number
  /** What a statement may take until its first answer; 0 = any time. */
  readonly queryTimeoutMs: number
  /** How long a statement waits for a lock; null as the server has it. */
  readonly lockTimeoutMs: number | null
  readonly applicationName: string
  readonly workstation: string | null
  readonly packetSize: number | null
  /** The other replicas of an availability group take who only reads. */
  readonly readOnlyIntent: boolean
  /** All addresses of the host are tried at once. */
  readonly multiSubnetFailover: boolean
}

export interface SqlServerEncryption {
  /** strict: TLS before anything else is said (TDS 8). */
  readonly mode: 'on' | 'strict'
  /** False: a server that knows no TLS is spoken to without. */
  readonly required: boolean
  /** The server's certificate is looked at. */
  readonly checked: boolean
  /** Texts of PEM. */
  readonly authorities: string | null
  /** The name that is to stand in it, where that is not the host. */
  readonly certificateName: string | null
}

const DEFAULT_PORT = 1433

/** @throws ConnectException for what cannot be honoured and concerns security, or has no such value */
export function sqlServerSettings(settings: ConnectionSettings): SqlServerSettings {
  const url = sqlServerUrl(settings.url)
  const properties = new DriverProperties(url.properties, settings.properties)
  const host = url.host || properties.text('serverName', 'server') || 'localhost'
  const instance = url.instance ?? properties.text('instanceName')
  const port = portOf(url.port ?? properties.text('portNumber', 'port'))
  properties.text('serverName', 'server', 'instanceName', 'portNumber', 'port')
  const { user, password, domain } = identity(settings, properties)
  const read: SqlServerSettings = {
    host,
    // The port wins, as in the JVM's driver.
    port: port ?? (instance === null ? DEFAULT_PORT : null),
    instance: port === null ? instance : null,
    database: properties.text('databaseName', 'database'),
    user,
    password,
    domain,
    encryption: encryption(properties),
    connectTimeoutMs: 1000 * (properties.number('loginTimeout') || 30),
    socketTimeoutMs: properties.number('socketTimeout') ?? 0,
    queryTimeoutMs: 1000 * (unlessNegative(properties, 'queryTimeout') ?? 0),
    lockTimeoutMs: unlessNegative(properties, 'lockTimeout'),
    applicationName: properties.text('applicationName') || 'bunnect',
    workstation: properties.text('workstationID'),
    packetSize: unlessNegative(properties, 'packetSize'),
    readOnlyIntent: /^readonly$/i.test(properties.text('applicationIntent') ?? ''),
    multiSubnetFailover: properties.flag('multiSubnetFailover') ?? false,
  }
  properties.only('columnEncryptionSetting', 'disabled', 'Columns that the client encrypts are not read.')
  properties.only('datetimeParameterType', 'datetime2', 'Make the columns datetime2.')
  properties.only(
    'ignoreOffsetOnDateTimeOffsetConversion',
    'false',
    'Cast the columns to datetime2 in a query.',
  )
  properties.pointless(
    'cancelQueryTimeout',
    'connectRetryCount',
    'connectRetryInterval',
    'delayLoadingLobs',
    'disableStatementPooling',
    'enablePrepareOnFirstPreparedStatementCall',
    'lastUpdateCount',
    'prepareMethod',
    'responseBuffering',
    'selectMethod',
    'sendStringParametersAsUnicode',
    'sendTimeAsDatetime',
    'serverPreparedStatementDiscardThreshold',
    'statementPoolingCacheSize',
    'transparentNetworkIPResolution',
    'useBulkCopyForBatchInsert',
    'xopenStates',
  )
  properties.refuseRest(settings.warn)
  return read
}

function portOf(text: string | null): number | null {
  if (text === null || text === '') return null
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new ConnectException(`The port of connection.url, ${text}, is none`)
}

/** -1 stands for the default. */
function unlessNegative(properties: DriverProperties, name: string): number | null {
  return properties.text(name)?.trim() === '-1' ? null : properties.number(name)
}

interface Identity {
  readonly user: string
  readonly password: string | null
  readonly domain: string | null
}

function identity(settings: ConnectionSettings, properties: DriverProperties): Identity {
  const user = settings.user ?? properties.text('user', 'userName')
  const password = settings.password ?? properties.text('password')
  properties.text('user', 'userName', 'password')
  const integrated = properties.flag('integratedSecurity') ?? false
  const scheme = properties.text('authenticationScheme')?.toUpperCase() ?? null
  const domain = properties.text('domain', 'domainName')
  const method = properties.text('authentication') ?? 'NotSpecified'
  if (!/^(?:NotSpecified|SqlPassword)$/i.test(method)) {
    throw new ConnectException(`authentication=${method} of connection.url is not known here`, {
      hint: 'Use a login of the server (connection.user, connection.password), or an account of Windows with integratedSecurity=true;authenticationScheme=NTLM;domain=<domain>.',
    })
  }
  if (integrated && scheme !== 'NTLM') {
    throw new ConnectException(
      `integratedSecurity=true of connection.url asks for ${scheme ?? 'the account that runs the worker'}, which cannot be honoured here`,
      {
        hint: 'authenticationScheme=NTLM;domain=<domain> with connection.user and connection.password, or a login of the server, is what works.',
      },
    )
  }
  if (user === null || user === '') {
    throw new ConnectException('Nothing says who connects to SQL Server', {
      hint: 'Set connection.user and connection.password.',
    })
  }
  return { user, password, domain: integrated ? (domain ?? '') : null }
}

function encryption(properties: DriverProperties): SqlServerEncryption {
  const text = properties.text('encrypt')?.toLowerCase()
  const wanted =
    text === 'mandatory' || text === 'strict' || (text !== 'optional' && properties.flag('encrypt'))
  const trusted = properties.flag('trustServerCertificate') ?? false
  const name = properties.text('hostNameInCertificate')
  const file = properties.text('trustStore', 'serverCertificate')
  const type = properties.text('trustStoreType')
  properties.text('trustStorePassword', 'trustStore', 'serverCertificate')
  if (type !== null && type.toUpperCase() !== 'PEM') {
    throw new ConnectException(
      `The connection's certificates are of type ${type}, which cannot be read here`,
      {
        hint: 'Turn the trust store into PEM and name that by trustStore.',
      },
    )
  }
  const checked = text === 'strict' || (wanted === true && !trusted)
  return {
    mode: text === 'strict' ? 'strict' : 'on',
    required: wanted === true,
    checked,
    authorities: checked && file !== null ? pemFile(file, 'trustStore') : null,
    certificateName: name,
  }
}

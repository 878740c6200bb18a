import { describe, expect, test } from 'bun:test'
import { dialectFor } from '../../../connectors/jdbc/dialects/index.ts'
import { oracleSettings } from '../../../connectors/jdbc/drivers/oracle-settings.ts'
import { oracleUrl } from '../../../connectors/jdbc/drivers/oracle-url.ts'

const settings = (url: string, properties: Record<string, string> = {}, warn?: (text: string) => void) =>
  oracleSettings({ url, user: 'u', password: 'p', properties, warn })

const described = (...parts: string[]) => `(DESCRIPTION=${parts.join('')})`
const address = (host: string, port: number, protocol = 'tcp') =>
  `(ADDRESS=(PROTOCOL=${protocol})(HOST=${host})(PORT=${port}))`
const list = (...addresses: string[]) => `(ADDRESS_LIST=${addresses.join('')})`
const service = (name: string, more = '') => `(CONNECT_DATA=(SERVICE_NAME=${name})${more})`
const DESCRIPTOR =
  '(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=adb.example.com)(PORT=1522))(CONNECT_DATA=(SERVICE_NAME=x_high))(SECURITY=(SSL_SERVER_CERT_DN="CN=a@b")))'

describe('where a URL leads', () => {
  test.each([
    ['@db:1521:ORCL', described(list(address('db', 1521)), '(CONNECT_DATA=(SID=ORCL))'), 'db:1521:ORCL'],
    ['@//db:1522/shop', described(list(address('db', 1522)), service('shop')), 'db:1522/shop'],
    [
      '@db:1521/shop.example.com',
      described(list(address('db', 1521)), service('shop.example.com')),
      'db:1521/shop.example.com',
    ],
    ['@//db', described(list(address('db', 1521)), service('')), 'db:1521/'],
    [
      '@//db/shop:dedicated/i1',
      described(list(address('db', 1521)), service('shop', '(SERVER=dedicated)(INSTANCE_NAME=i1)')),
      'db:1521/shop',
    ],
    [
      '@tcps://db.example.com:2484/shop?ssl_server_dn_match=yes',
      described(list(address('db.example.com', 2484, 'tcps')), service('shop')),
      'db.example.com:2484/shop',
    ],
    [
      '@//h1,h2:1522,h3/shop?load_balance=on',
      described(
        '(LOAD_BALANCE=on)',
        list(address('h1', 1522), address('h2', 1522), address('h3', 1521)),
        service('shop'),
      ),
      'h1:1522,h2:1522,h3:1521/shop',
    ],
    ['@//[::1]:1521/shop', described(list(address('::1', 1521)), service('shop')), '::1:1521/shop'],
    [`@${DESCRIPTOR}?TNS_ADMIN=/w`, DESCRIPTOR, 'adb.example.com:1522/x_high'],
    [`@${DESCRIPTOR}?a=(b)(c)`, DESCRIPTOR, 'adb.example.com:1522/x_high'],
    ['@shop_high?TNS_ADMIN=/opt/wallet', 'shop_high', 'shop_high'],
  ])('jdbc:oracle:thin:%s', (text, connectString, shown) => {
    const read = settings(`jdbc:oracle:thin:${text}`)
    expect(read.options.connectString).toBe(connectString)
    expect(read.shown).toBe(shown)
  })

  test('the dialect is told by it, and by its name', () => {
    expect(dialectFor('jdbc:oracle:thin:@//h/s').name).toBe('OracleDatabaseDialect')
    expect(dialectFor('jdbc:other:x', 'OracleDatabaseDialect').name).toBe('OracleDatabaseDialect')
  })
})

test.each([
  ['scott/tiger@//h:1521/d', 'scott', 'tiger'],
  ['scott/"t@ig/er"@h:1521:d', 'scott', 't@ig/er'],
  ['"Scott"/"a""@h:1521:d', null, null],
  ['proxy[scott]/p(w@h:1521:d', 'proxy[scott]', 'p(w'],
  ['scott@h:1521:d', 'scott', null],
  ['@h:1521:d', null, null],
])('who jdbc:oracle:thin:%s is', (text, user, password) => {
  if (text.includes('a""')) {
    expect(() => oracleUrl(`jdbc:oracle:thin:${text}`)).toThrow('is no JDBC URL that can be used')
    return
  }
  expect(oracleUrl(`jdbc:oracle:thin:${text}`)).toMatchObject({ user, password })
})

test('the connector says who it is before the URL does', () => {
  const url = 'jdbc:oracle:thin:scott/tiger@//h/d'
  expect(settings(url).options).toMatchObject({ user: 'u', password: 'p' })
  expect(oracleSettings({ url, user: null, password: null, properties: {} }).options).toMatchObject({
    user: 'scott',
    password: 'tiger',
  })
  expect(() =>
    oracleSettings({ url: 'jdbc:oracle:thin:@//h/d', user: 'u', password: null, properties: {} }),
  ).toThrow('No password for Oracle at h:1521/d')
})

test.each([
  ['jdbc:oracle:thin:me:secret@h:1521/x', 'connection.user and connection.password'],
  ['jdbc:oracle:thin:scott/se@cret@h:1/x', 'connection.user and connection.password'],
  ['jdbc:oracle:thin:@me:secret@h/x', 'connection.user and connection.password'],
  ['jdbc:oracle:thin:scott/secret', 'it has the form jdbc:oracle:thin:@'],
  ['jdbc:oracle:oci:scott/secret@x', 'there is no oci driver here'],
  ['jdbc:oracle:thin:scott/secret@ldap://d/cn', 'cannot be looked up in a directory'],
  ['jdbc:oracle:thin:scott/secret@udp://h/d', 'udp is none of tcp, tcps'],
  ['jdbc:oracle:thin:scott/secret@h:99999/d', 'the port 99999 is none'],
  ['jdbc:oracle:thin:scott/secret@h h', 'a name of tnsnames.ora'],
])('%s is refused without its secrets', (url, message) => {
  let refused = ''
  try {
    oracleUrl(url)
  } catch (error) {
    refused = (error as Error).message
  }
  expect(refused).toContain(message)
  expect(refused).not.toMatch(/secret|se@|cret/)
})

describe('properties of the JVM driver', () => {
  const url = 'jdbc:oracle:thin:@tcps://h/d'

  test('are read by their own names', () => {
    const told: string[] = []
    const read = settings(
      `${url}?wallet_location=/a&retry_count=3&connect_timeout=7`,
      {
        'oracle.net.wallet_location': '(SOURCE=(METHOD=file)(METHOD_DATA=(DIRECTORY=/opt/wallet)))',
        'oracle.net.wallet_password': 'w',
        'oracle.net.ssl_server_dn_match': 'false',
        'oracle.net.tns_admin': '/etc/tns',
        'oracle.jdbc.ReadTimeout': '9000',
        'oracle.jdbc.J2EE13Compliant': 'true',
        'oracle.jdbc.mapDateToTimestamp': 'false',
        'oracle.jdbc.defaultRowPrefetch': '1000',
        'v$session.program': 'shop',
        internal_logon: 'sysdba',
      },
      text => told.push(text),
    )
    expect(read.options).toMatchObject({
      walletLocation: '/opt/wallet',
      walletPassword: 'w',
      sslServerDNMatch: false,
      configDir: '/etc/tns',
      retryCount: 3,
      connectTimeout: 7,
      program: 'shop',
    })
    expect(read).toMatchObject({
      privilege: 'SYSDBA',
      readTimeoutMs: 9000,
      connectTimeoutMs: 7000,
      floatsAreDoubles: true,
      datesAreDays: true,
      secrets: ['p', 'w'],
    })
    expect(told).toEqual([])
  })

  test('the name in the certificate is checked unless it is said otherwise', () => {
    expect(settings(url).options).not.toHaveProperty('sslServerDNMatch')
    expect(settings(`${url}?wallet_location=file:/opt/w`).options.walletLocation).toBe('/opt/w')
  })

  test('those without effect here are named once', () => {
    const told: string[] = []
    settings(url, { 'oracle.jdbc.editionName': 'e', other: '1' }, text => told.push(text))
    expect(told).toEqual(["The connection's properties oracle.jdbc.editionName, other are not honoured"])
  })

  test.each([
    [{ 'javax.net.ssl.trustStore': '/a.jks' }, 'javax.net.ssl.trustStore cannot be honoured'],
    [{ 'oracle.net.authentication_services': '(KERBEROS5)' }, 'authentication_services cannot be honoured'],
    [
      { 'oracle.net.encryption_client': 'REQUIRED' },
      'oracle.net.encryption_client=REQUIRED cannot be honoured',
    ],
    [
      { 'oracle.net.crypto_checksum_client': 'requested' },
      'crypto_checksum_client=REQUESTED cannot be honoured',
    ],
    [{ internal_logon: 'king' }, 'internal_logon=king of the connection is none of SYSDBA'],
    [{ load_balance: '(SECURITY=x)' }, 'it is on or off'],
  ])('%p is refused', (properties, message) => {
    expect(() => settings(url, properties as unknown as Record<string, string>)).toThrow(message)
  })

  test('what both sides do by default asks for nothing', () => {
    expect(settings(url, { 'oracle.net.encryption_client': 'accepted' }).shown).toBe('h:1521/d')
  })
})

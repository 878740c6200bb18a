import { describe, expect, test } from 'bun:test'
import { sqlServerSettings } from '../../../connectors/jdbc/drivers/sqlserver-settings.ts'
import { sqlServerUrl } from '../../../connectors/jdbc/drivers/sqlserver-url.ts'

const read = (url: string, properties: Record<string, string> = {}, warn?: (text: string) => void) =>
  sqlServerSettings({ url, user: 'u', password: 'p', properties, ...(warn && { warn }) })

describe('URLs', () => {
  test.each([
    [
      'jdbc:sqlserver://db:1444;databaseName=shop',
      { host: 'db', instance: null, port: '1444' },
      { databaseName: 'shop' },
    ],
    ['jdbc:sqlserver://db', { host: 'db', instance: null, port: null }, {}],
    ['jdbc:sqlserver://db\\SQLEXPRESS;', { host: 'db', instance: 'SQLEXPRESS', port: null }, {}],
    ['jdbc:sqlserver://db\\X:1500', { host: 'db', instance: 'X', port: '1500' }, {}],
    ['jdbc:sqlserver://[::1]:1433', { host: '::1', instance: null, port: '1433' }, {}],
    [
      'jdbc:sqlserver://;serverName=db; encrypt = true ;',
      { host: '' },
      { serverName: 'db', encrypt: 'true' },
    ],
    ['JDBC:SQLServer://db;password={a;b}}c=};user=joe', { host: 'db' }, { password: 'a;b}c=', user: 'joe' }],
    ['jdbc:microsoft:sqlserver://db;databaseName={x}', { host: 'db' }, { databaseName: 'x' }],
    ['jdbc:sqlserver://db;password=', { host: 'db' }, { password: '' }],
  ])('%s', (url, parts, properties) => {
    expect(sqlServerUrl(url)).toMatchObject({ ...parts, properties })
  })

  test.each([
    ['jdbc:sqlserver:db;password=secret', 'it has the form'],
    ['jdbc:sqlserver://db:x;password=secret', 'before the first ;'],
    ['jdbc:sqlserver://db;password={secret', '{braces}'],
    ['jdbc:sqlserver://db;password=a;secret;encrypt=true', 'has no value'],
    ['jdbc:sqlserver://me:secret@db;x=y', 'before the first ;'],
  ])('%s is refused without its secrets', (url, message) => {
    let refused = ''
    try {
      sqlServerUrl(url)
    } catch (error) {
      refused = String(error)
    }
    expect(refused).toContain(message)
    expect(refused).not.toContain('secret')
  })
})

test('a port wins over an instance, which has to be asked for one', () => {
  expect(read('jdbc:sqlserver://db\\X:1500')).toMatchObject({ port: 1500, instance: null })
  expect(read('jdbc:sqlserver://db\\X')).toMatchObject({ port: null, instance: 'X' })
  expect(read('jdbc:sqlserver://db;instanceName=X;portNumber=7')).toMatchObject({ port: 7, instance: null })
  expect(read('jdbc:sqlserver://;serverName=db')).toMatchObject({ host: 'db', port: 1433 })
  expect(() => read('jdbc:sqlserver://db;portNumber=70000')).toThrow('70000')
})

test("the connector's own keys win over the URL", () => {
  const settings = sqlServerSettings({
    url: 'jdbc:sqlserver://db;user=a;password=b;databaseName=x;loginTimeout=5',
    user: null,
    password: null,
    properties: { databaseName: 'y', queryTimeout: '7', lockTimeout: '-1', applicationIntent: 'ReadOnly' },
  })
  expect(settings).toMatchObject({
    user: 'a',
    password: 'b',
    database: 'y',
    connectTimeoutMs: 5000,
    queryTimeoutMs: 7000,
    lockTimeoutMs: null,
    readOnlyIntent: true,
  })
  expect(() =>
    sqlServerSettings({ url: 'jdbc:sqlserver://db', user: null, password: null, properties: {} }),
  ).toThrow('Nothing says who connects')
})

test.each([
  ['', { mode: 'on', required: false, checked: false }],
  ['encrypt=false', { mode: 'on', required: false, checked: false }],
  ['encrypt=optional', { mode: 'on', required: false, checked: false }],
  ['encrypt=true', { mode: 'on', required: true, checked: true }],
  ['encrypt=mandatory', { mode: 'on', required: true, checked: true }],
  ['encrypt=true;trustServerCertificate=true', { mode: 'on', required: true, checked: false }],
  ['encrypt=strict;trustServerCertificate=true', { mode: 'strict', required: true, checked: true }],
  ['encrypt=true;hostNameInCertificate=other', { checked: true, certificateName: 'other' }],
])('encryption of "%s"', (properties, encryption) => {
  expect(read(`jdbc:sqlserver://db;${properties}`).encryption).toMatchObject(encryption)
})

test('what cannot be honoured is refused where it concerns security, and named otherwise', () => {
  const refused = (properties: string, why: string) =>
    expect(() => read(`jdbc:sqlserver://db;${properties}`)).toThrow(why)
  refused('integratedSecurity=true', 'the account that runs the worker')
  refused('integratedSecurity=true;authenticationScheme=JavaKerberos', 'JAVAKERBEROS')
  refused('authentication=ActiveDirectoryPassword', 'ActiveDirectoryPassword')
  refused('encrypt=perhaps', 'true or false')
  refused('encrypt=true;trustStoreType=JKS', 'JKS')
  refused('encrypt=true;trustStore=/none.pem', '/none.pem')
  refused('columnEncryptionSetting=Enabled', 'columnEncryptionSetting=Enabled')
  refused('keyStoreAuthentication=x', 'keyStoreAuthentication')
  refused('ignoreOffsetOnDateTimeOffsetConversion=true', 'values would be others')
  refused('clientCertificate=/c.pem', 'clientCertificate')
  const told: string[] = []
  read('jdbc:sqlserver://db;failoverPartner=other;selectMethod=cursor', { replication: 'true' }, text =>
    told.push(text),
  )
  expect(told).toEqual(["The connection's properties failoverPartner, replication are not honoured"])
})

test('an account of Windows', () => {
  const url = 'jdbc:sqlserver://db;integratedSecurity=true;authenticationScheme=NTLM;domain=CORP'
  expect(read(url)).toMatchObject({ user: 'u', password: 'p', domain: 'CORP' })
  expect(read('jdbc:sqlserver://db').domain).toBeNull()
})

/** Oracle's client over TLS, with a wallet that knows the server and without. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectOracle } from '../../../connectors/jdbc/drivers/oracle.ts'
import { OracleListener } from '../../servers/oracle-listener.ts'
import { withPrograms } from '../../servers/programs.ts'

const folder = mkdtempSync(join(process.env['BUNNECT_TEST_DIR'] ?? tmpdir(), 'oracle-tls-'))
let listener: OracleListener
let port = 0

beforeAll(async () => {
  await withPrograms('openssl')
  const { exitCode, stderr } = Bun.spawnSync(
    [
      ...['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', 'key.pem', '-out', 'cert.pem'],
    ],
    { cwd: folder },
  )
  if (exitCode !== 0) throw new Error(String(stderr))
  const cert = readFileSync(join(folder, 'cert.pem'), 'utf8')
  const key = readFileSync(join(folder, 'key.pem'), 'utf8')
  // As a wallet of Oracle's is: the client's own key and certificate, and whom it trusts.
  writeFileSync(join(folder, 'ewallet.pem'), `${key}${cert}`)
  listener = new OracleListener(() => ({ changed: 1 }), { cert, key })
  port = await listener.start()
})

afterAll(() => {
  listener.stop()
  rmSync(folder, { recursive: true })
})

const connect = (url: string) =>
  connectOracle({
    url: `jdbc:oracle:thin:@${url}`,
    user: 'scott',
    password: 'tiger',
    properties: { 'oracle.net.CONNECT_TIMEOUT': '20000' },
  })

test('with a wallet that knows the server it is spoken', async () => {
  const connection = await connect(`tcps://localhost:${port}/shop?wallet_location=${folder}`)
  expect(await connection.execute('DELETE FROM t')).toBe(1)
  await connection.close()
  expect(listener.heard).toContain('logoff')
})

test('by a description and properties, too', async () => {
  const connection = await connect(
    `(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=localhost)(PORT=${port}))(CONNECT_DATA=(SERVICE_NAME=shop)))?oracle.net.wallet_location=(SOURCE=(METHOD=file)(METHOD_DATA=(DIRECTORY=${folder})))`,
  )
  await connection.close()
})

test('an unknown certificate is refused, and not tried again', async () => {
  const error = await connect(`tcps://localhost:${port}/shop`).catch(refused => refused)
  expect(error.message).toContain('TLS handshake failure')
  expect(error).toMatchObject({ code: 'NJS-506', transient: false })
  expect(error.hint).toContain('wallet_location')
})

test('so is a certificate of another name, unless that is not to be looked at', async () => {
  const url = `tcps://127.0.0.1:${port}/shop?wallet_location=${folder}`
  const error = await connect(url).catch(refused => refused)
  expect(error.message).toContain('127.0.0.1')
  expect(error).toMatchObject({ transient: false })
  const connection = await connect(`${url}&ssl_server_dn_match=false`)
  await connection.close()
  const named = await connect(`${url}&ssl_server_cert_dn="CN=localhost"`)
  await named.close()
})

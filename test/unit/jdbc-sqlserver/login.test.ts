/** The way into SQL Server, and what keeps one out. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SqlError } from '../../../connectors/jdbc/drivers/sql-error.ts'
import { connectSqlServer } from '../../../connectors/jdbc/drivers/sqlserver.ts'
import { withPrograms } from '../../servers/programs.ts'
import { startTdsPeer } from './tds-peer.ts'
import { failedAndEnded } from './tds-tokens.ts'

async function refusal(port: number, properties = '', host = '127.0.0.1'): Promise<SqlError> {
  try {
    const connection = await connectSqlServer({
      url: `jdbc:sqlserver://${host}:${port};databaseName=shop;loginTimeout=20;${properties}`,
      user: 'u',
      password: 'secret',
      properties: {},
    })
    await connection.close()
  } catch (error) {
    expect(error).toBeInstanceOf(SqlError)
    expect(String(error)).not.toContain('secret')
    return error as SqlError
  }
  throw new Error('It was let in')
}

const WHERE = 'Cannot connect to SQL Server at 127.0.0.1:'

test.each([
  [18456, "Login failed for user 'u'.", '28000', false],
  [4060, 'Cannot open database "shop" requested by the login. The login failed.', '08001', true],
  [40613, "Database 'shop' on server 'x' is not currently available.", '08001', true],
])('error %i of a login', async (number, message, state, transient) => {
  const peer = await startTdsPeer({ login: () => failedAndEnded(number, message) })
  const error = await refusal(peer.port)
  await peer.close()
  expect(error).toMatchObject({ state, code: String(number), transient })
  expect(error.message).toBe(
    `${WHERE}${peer.port}, database shop as user u: ${message} [SQLSTATE ${state}, error ${number}]`,
  )
})

test('where TLS is asked for, there is no login without', async () => {
  let logins = 0
  const peer = await startTdsPeer({ login: () => failedAndEnded(18456, `${++logins}`) })
  expect((await refusal(peer.port, 'encrypt=true')).code).toBe('EENCRYPT')
  expect(logins).toBe(0)
  expect((await refusal(peer.port)).code).toBe('18456')
  expect(logins).toBe(1)
  await peer.close()
})

test('a server that falls silent behind the login is left', async () => {
  const peer = await startTdsPeer({ isDeaf: true })
  expect(await refusal(peer.port, 'loginTimeout=2')).toMatchObject({ transient: true })
  await peer.close()
})

describe('what is no SQL Server', () => {
  const listening = (onData: (write: (text: string) => void, end: () => void) => void) =>
    new Promise<Server>(resolve => {
      const server = createServer(socket => {
        socket.on('error', () => {})
        socket.once('data', () =>
          onData(
            text => void socket.write(text),
            () => void socket.destroy(),
          ),
        )
      })
      server.listen(0, '127.0.0.1', () => resolve(server))
    })
  const portOf = (server: Server) => (server.address() as { port: number }).port

  test('nobody there', async () => {
    const server = await listening(() => {})
    const port = portOf(server)
    await new Promise(resolve => server.close(resolve))
    const error = await refusal(port)
    expect(error).toMatchObject({ state: '08S01', transient: true })
    expect(error.message).toBe(
      `${WHERE}${port}, database shop as user u: connect ECONNREFUSED 127.0.0.1:${port}`,
    )
  })

  test.each([
    ['hangs up', (_write: (text: string) => void, end: () => void) => end()],
    ['speaks HTTP', (write: (text: string) => void) => write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['says nothing', () => {}],
  ])('one that %s', async (_what, onData) => {
    const server = await listening(onData)
    const error = await refusal(portOf(server), 'loginTimeout=2')
    server.close()
    expect(error).toMatchObject({ state: expect.stringMatching(/^(?:08S01|HYT00)$/), transient: true })
    expect(error.message).toStartWith(WHERE)
  })
})

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tds-tls-'))
  let peer: Bun.Subprocess<'ignore', 'pipe', 'inherit'>
  let port = 0

  beforeAll(async () => {
    await withPrograms('openssl', 'python3')
    const made = Bun.spawnSync(
      [
        ...[
          'openssl',
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/CN=localhost',
        ],
        ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', 'key.pem', '-out', 'cert.pem'],
      ],
      { cwd: folder, stderr: 'pipe' },
    )
    expect(made.exitCode).toBe(0)
    peer = Bun.spawn(['python3', join(import.meta.dir, 'tls_peer.py'), 'cert.pem', 'key.pem'], {
      cwd: folder,
      stdin: 'ignore',
      stdout: 'pipe',
    })
    const { value } = await peer.stdout.getReader().read()
    port = Number(new TextDecoder().decode(value))
  })
  afterAll(() => {
    peer.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  const pem = join(folder, 'cert.pem')
  test.each([
    ['', '127.0.0.1', '18456'],
    ['encrypt=false', '127.0.0.1', '18456'],
    ['encrypt=true;trustServerCertificate=true', '127.0.0.1', '18456'],
    [`encrypt=true;trustStore=${pem}`, 'localhost', '18456'],
    [`encrypt=true;trustStore=${pem};hostNameInCertificate=localhost`, '127.0.0.1', '18456'],
    ['encrypt=true', '127.0.0.1', 'self signed certificate'],
    [`encrypt=true;trustStore=${pem}`, '127.0.0.1', 'altnames'],
    [`encrypt=true;trustStore=${pem};hostNameInCertificate=other`, 'localhost', 'altnames'],
  ])('%s at %s', async (properties, host, outcome) => {
    expect((await refusal(port, properties, host)).message).toContain(outcome)
  })
})

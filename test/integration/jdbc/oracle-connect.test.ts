/** What can be had of Oracle without a server: everything on the way to one. */
import { afterAll, expect, test } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'
import { connectOracle } from '../../../connectors/jdbc/drivers/oracle.ts'
import { SqlError } from '../../../connectors/jdbc/drivers/sql-error.ts'

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

/** On a port of its own; tells when the last connection has ended. */
async function listening(talk: (socket: Socket) => void) {
  const ended = Promise.withResolvers<void>()
  const server = createServer(socket => {
    socket.on('close', () => ended.resolve())
    // The other side breaks off: that is what is looked at.
    socket.on('error', () => {})
    // Without it the end of the other side is not seen.
    socket.resume()
    talk(socket)
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as { port: number }).port, ended: ended.promise }
}

/** Of those that say nothing. The others have time enough to answer on a busy machine. */
const SOON = { 'oracle.net.CONNECT_TIMEOUT': '4000' }

async function refused(target: string, properties: Record<string, string> = {}): Promise<SqlError> {
  try {
    const connection = await connectOracle({
      url: `jdbc:oracle:thin:@${target}`,
      user: 'scott',
      password: 'tiger-and-more',
      properties: { 'oracle.net.CONNECT_TIMEOUT': '20000', ...properties },
    })
    await connection.close()
  } catch (error) {
    expect(error).toBeInstanceOf(SqlError)
    expect(String(error)).not.toContain('tiger-and-more')
    return error as SqlError
  }
  throw new Error('It has connected')
}

/** A packet of Oracle's net layer: length, type, what follows. */
function packet(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt16BE(8 + body.length)
  head[4] = type
  return Buffer.concat([head, body])
}

/** As a listener sends it back. */
function refusal(text: string): Buffer {
  const head = Buffer.from([0x22, 0, 0, 0])
  head.writeUInt16BE(text.length, 2)
  return packet(4, Buffer.concat([head, Buffer.from(text)]))
}

test('nothing listens', async () => {
  const { port } = await listening(() => {})
  const server = servers.pop()!
  await new Promise(resolve => server.close(resolve))
  const error = await refused(`//127.0.0.1:${port}/shop`)
  expect(error.message).toBe(
    `Cannot connect to Oracle at 127.0.0.1:${port}/shop as user scott: NJS-503: connection to host 127.0.0.1 port ${port} could not be established. connect ECONNREFUSED 127.0.0.1:${port}`,
  )
  expect(error).toMatchObject({ transient: true, code: 'NJS-503', state: '08006' })
  expect(error.hint).toContain('Is the listener running there')
})

test('a host that there is not', async () => {
  // No server of names is asked for a name that is too long to be one.
  const host = `${'no'.repeat(32)}.invalid`
  const error = await refused(`${host}:1521:ORCL`)
  expect(error.message).toContain(`${host}:1521:ORCL`)
  expect(error).toMatchObject({ transient: true, code: 'NJS-530' })
})

test('a listener that says nothing is waited for until the deadline, and left', async () => {
  const { port, ended } = await listening(() => {})
  const error = await refused(`127.0.0.1:${port}:ORCL`, SOON)
  expect(error).toMatchObject({ transient: true, code: 'NJS-510' })
  expect(error.hint).toContain('oracle.net.CONNECT_TIMEOUT')
  await ended
})

test('one that falls silent in the middle of the login, too', async () => {
  // ACCEPT of version 316, which is that of 12.1: packets of 8192 bytes, no further services.
  const body = Buffer.alloc(37)
  body.writeUInt16BE(316, 0)
  body[14] = 4
  body[15] = 4
  body.writeUInt32BE(8192, 24)
  body.writeUInt32BE(32767, 28)
  const { port, ended } = await listening(socket => socket.once('data', () => socket.write(packet(2, body))))
  const error = await refused(`127.0.0.1:${port}/shop`, SOON)
  expect(error.message).toContain('the deadline of the login is over')
  expect(error).toMatchObject({ transient: true, state: '08006' })
  await ended
})

test.each([
  [
    'web server',
    (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  ],
  ['end', (socket: Socket) => socket.once('data', () => socket.end())],
  ['zeros', (socket: Socket) => socket.write(Buffer.alloc(4000))],
  ['endless packet', (socket: Socket) => socket.write(Buffer.alloc(4000, 0x55))],
  [
    'unknown packet',
    (socket: Socket) => socket.once('data', () => socket.write(packet(99, Buffer.alloc(2)))),
  ],
  [
    'torn refusal',
    (socket: Socket) => socket.once('data', () => socket.end(refusal('(DESCRIPTION=(').subarray(0, 13))),
  ],
] as const)('rubbish instead of a listener: %s', async (_what, talk) => {
  const { port, ended } = await listening(socket => void talk(socket))
  const error = await refused(`127.0.0.1:${port}/shop`, SOON)
  expect(error.message).toStartWith(`Cannot connect to Oracle at 127.0.0.1:${port}/shop as user scott: `)
  expect(error.hint).toBeString()
  await ended
})

test.each([
  [12514, '//127.0.0.1:PORT/nope', 'Service "nope" is not registered with the listener', 'lsnrctl services'],
  [12505, '127.0.0.1:PORT:NOPE', 'SID "NOPE" is not registered with the listener', 'lsnrctl services'],
  [12516, '//127.0.0.1:PORT/full', 'ORA-12516 [SQLSTATE 08006, error 12516]', ''],
  [12528, '//127.0.0.1:PORT/mounting', 'ORA-12528 [SQLSTATE 08006, error 12528]', ''],
] as const)('a listener refuses with %i', async (number, target, message, hint) => {
  const { port } = await listening(socket =>
    socket.once('data', () => socket.end(refusal(`(DESCRIPTION=(TMP=)(VSNNUM=0)(ERR=${number}))`))),
  )
  const error = await refused(target.replace('PORT', String(port)))
  expect(error.message).toContain(message)
  expect(error.hint ?? '').toContain(hint)
  // A database that starts registers with its listener in a while.
  expect(error.transient).toBe(true)
})

test('of several hosts the next one is asked', async () => {
  const silent = await listening(() => {})
  const { port } = await listening(socket =>
    socket.once('data', () => socket.end(refusal('(DESCRIPTION=(ERR=12514))'))),
  )
  const error = await refused(`//127.0.0.1:${silent.port},127.0.0.1:${port}/shop?load_balance=off`, SOON)
  expect(error.message).toContain(`127.0.0.1 port ${port}`)
})

test('TLS is not given up where the server speaks none', async () => {
  const { port } = await listening(socket => socket.once('data', () => socket.end('no TLS here')))
  const error = await refused(`tcps://127.0.0.1:${port}/shop`)
  expect(error.code).toBe('NJS-506')
  const without = await refused(`tcps://127.0.0.1:${port}/shop?wallet_location=/no/such/wallet`)
  expect(without.message).toContain('/no/such/wallet/ewallet.pem')
  expect(without).toMatchObject({ transient: false })
})

test.each([
  ['shop_high?TNS_ADMIN=/no/such/folder', 'tnsnames.ora not found in /no/such/folder'],
  ['(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=127.0.0.1)(PORT=1)', 'syntax error in connection string'],
])('what leads nowhere is not tried again: %s', async (target, message) => {
  const error = await refused(target)
  expect(error.message).toContain(message)
  expect(error).toMatchObject({ transient: false })
})

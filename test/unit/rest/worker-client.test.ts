import { afterEach, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { listenerTls } from '../../../src/cli/listener-tls.ts'
import { workerTls } from '../../../src/cli/worker-tls.ts'
import { parseListener } from '../../../src/config/worker/listeners.ts'
import { HerderError } from '../../../src/herder/errors.ts'
import { UncertainError, UnreachableError, type WorkerAnswer } from '../../../src/herder/other-workers.ts'
import { WorkerClient } from '../../../src/herder/worker-client.ts'
import { type RestServer, serve } from '../../../src/rest/server.ts'
import { answered, RawPeer } from './raw-peer.ts'

let peer: RawPeer | null = null
let server: RestServer | null = null
afterEach(async () => {
  peer?.close()
  await server?.close(0)
  server = null
})

const GET = { method: 'GET', path: '/' } as const

function peerOf(answer: ConstructorParameters<typeof RawPeer>[0]): RawPeer {
  peer = new RawPeer(answer)
  return peer
}

async function failureOf(answer: Promise<WorkerAnswer>): Promise<unknown> {
  try {
    return await answer
  } catch (error) {
    return error
  }
}

describe('an answer', () => {
  test('that is packed', async () => {
    const packed = gzipSync('{"a":"é"}')
    const { url } = peerOf((_request, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`)
      socket.write(packed)
    })
    expect(await new WorkerClient().ask(url, GET)).toEqual({ status: 200, body: { a: 'é' } })
  })

  test('in pieces', async () => {
    const { url } = peerOf((_request, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n')
      socket.write('5\r\na":1}\r\n0\r\n\r\n')
    })
    expect(await new WorkerClient().ask(url, GET)).toEqual({ status: 200, body: { a: 1 } })
  })

  test('that is too large, packed too', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, 0x20))
    for (const [headers, body] of [
      ['Content-Encoding: gzip', bomb],
      ['X-None: 1', Buffer.alloc(40 * 1024 * 1024, 0x20)],
    ] as const) {
      const { url } = peerOf((_request, socket) => {
        let left: Buffer = body
        const push = () => {
          const written = socket.write(left)
          if (written < 0) return
          left = left.subarray(written)
          if (left.length > 0) setTimeout(push, 1)
        }
        socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\nContent-Length: ${body.length}\r\n\r\n`)
        push()
      })
      expect(await failureOf(new WorkerClient().ask(url, GET))).toMatchObject({
        code: 'INTERNAL',
        message: 'IO Error trying to forward REST request: The answer has more than 33554432 bytes',
      })
      peer?.close()
    }
  })

  for (const [what, begin] of [
    ['that never comes', ''],
    ['that never ends', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n'],
    ['whose head never ends', 'HTTP/1.1 200 OK\r\nA: b\r\n'],
  ] as const)
    test(`${what}: nobody knows what became of it`, async () => {
      const { url } = peerOf((_request, socket) => void socket.write(begin))
      const error = await failureOf(new WorkerClient({ timeoutMs: 150 }).ask(url, GET))
      expect(error).toBeInstanceOf(HerderError)
      expect(error).toMatchObject({
        status: 500,
        message: 'IO Error trying to forward REST request: Total timeout 150 ms elapsed',
      })
    })

  test('of which half is packed away', async () => {
    const packed = gzipSync(JSON.stringify({ a: 'x'.repeat(100) }))
    const { url } = peerOf((_request, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`)
      socket.write(packed.subarray(0, 10))
      socket.end()
    })
    expect(await failureOf(new WorkerClient().ask(url, GET))).toBeInstanceOf(UncertainError)
  })

  test('nobody waits for: the connection is cut', async () => {
    const closed = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const listener = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: { data: () => arrived.resolve(), close: () => closed.resolve() },
    })
    const client = new AbortController()
    const answer = failureOf(new WorkerClient().ask(`http://127.0.0.1:${listener.port}/`, GET, client.signal))
    await arrived.promise
    client.abort(new Error('gone'))
    expect(await answer).toMatchObject({ message: 'gone' })
    await closed.promise
    listener.stop(true)
  })
})

describe('nothing was sent', () => {
  test('nobody listens', async () => {
    const { url } = peerOf(() => {})
    peer?.close()
    const error = await failureOf(new WorkerClient().ask(url, GET))
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error).toMatchObject({ url, message: 'java.net.ConnectException: Connection refused' })
  })

  test('there is no such host', async () => {
    const error = await failureOf(new WorkerClient().ask('http://no-such-host.invalid:1/', GET))
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error).toMatchObject({ message: 'java.net.UnknownHostException: no-such-host.invalid' })
  })

  test('no connection comes about', async () => {
    // It takes the connection, but does not speak TLS.
    const mute = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
    const client = new WorkerClient({ connectTimeoutMs: 150 })
    const error = await failureOf(client.ask(`https://127.0.0.1:${mute.port}/`, GET))
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error).toMatchObject({ message: 'java.net.SocketTimeoutException: Connect Timeout' })
    mute.stop(true)
  })

  for (const url of ['', 'worker:8083', 'ftp://worker/', 'http://'])
    test(`'${url}' is no address`, async () => {
      expect(await failureOf(new WorkerClient().ask(url, GET))).toMatchObject({
        code: 'INTERNAL',
        message: `IO Error trying to forward REST request: '${url}' is no http or https URL`,
      })
    })
})

test('proxies of the environment are not for other workers', async () => {
  const before = process.env['HTTP_PROXY']
  process.env['HTTP_PROXY'] = 'http://127.0.0.1:1'
  try {
    const { url } = peerOf((_request, socket) => void socket.write(answered('200 OK', '{}')))
    expect(await new WorkerClient().ask(url, GET)).toEqual({ status: 200, body: {} })
  } finally {
    if (before === undefined) delete process.env['HTTP_PROXY']
    else process.env['HTTP_PROXY'] = before
  }
})

describe('TLS', () => {
  const stores = join(import.meta.dir, '../client-properties/stores')
  const file = (name: string) => join(stores, name)
  const text = (name: string) => readFileSync(file(name), 'utf8')
  const P = 'listeners.https.'
  const SERVER = {
    'ssl.keystore.key': text('server.key'),
    'ssl.keystore.certificate.chain': text('server.pem'),
  }
  const CLIENT = {
    'ssl.keystore.key': text('client.key'),
    'ssl.keystore.certificate.chain': text('client.pem'),
  }
  const TRUST = { 'ssl.truststore.location': file('ca.pem') }
  const prefixed = (keys: Record<string, string>) =>
    Object.fromEntries(Object.entries(keys).map(([key, value]) => [P + key, value]))

  /** What a worker with the configuration `raw` gets from one with the configuration `there`. */
  async function exchange(raw: Record<string, string>, there: Record<string, string>, host = 'localhost') {
    server = serve([parseListener('https://127.0.0.1:0')], [], { main: listenerTls(there, P) })
    server.mount({ fetch: request => Response.json({ protocol: new URL(request.url).protocol }) })
    const client = new WorkerClient({ tls: () => workerTls(raw) })
    return await failureOf(client.ask(`https://${host}:${server.bound[0]!.port}/`, GET))
  }

  const SERVED = { status: 200, body: { protocol: 'https:' } }

  test('by listeners.https.*, beside which the plain keys do not count', async () => {
    const raw = { ...prefixed({ ...SERVER, ...TRUST }), 'ssl.truststore.location': '/nowhere' }
    expect(await exchange(raw, raw)).toEqual(SERVED)
  })

  test('by ssl.* where there is no other', async () => {
    expect(await exchange({ ...SERVER, ...TRUST }, SERVER)).toEqual(SERVED)
  })

  test('with a certificate of its own, where one is asked for', async () => {
    const there = { ...SERVER, ...TRUST, 'ssl.client.auth': 'required' }
    expect(await exchange({ ...CLIENT, ...TRUST }, there)).toEqual(SERVED)
    await server?.close(0)
    const error = await exchange(TRUST, there)
    expect(error).toBeInstanceOf(Error)
  })

  test('the host has to be that of the certificate, unless that is switched off', async () => {
    const wrong = '127.0.0.2'
    const listens = { ...SERVER }
    server = serve([parseListener('https://127.0.0.2:0')], [], { main: listenerTls(listens, P) })
    server.mount({ fetch: () => Response.json({ protocol: 'https:' }) })
    const url = `https://${wrong}:${server.bound[0]!.port}/`
    const ask = (more: Record<string, string>) =>
      failureOf(new WorkerClient({ tls: () => workerTls({ ...TRUST, ...more }) }).ask(url, GET))
    expect(await ask({})).toMatchObject({
      code: 'INTERNAL',
      message: expect.stringMatching(/^IO Error trying to forward REST request: /),
      hint: expect.stringContaining('trust store'),
    })
    expect(await ask({ 'ssl.endpoint.identification.algorithm': '' })).toEqual(SERVED)
  })

  test('a certificate that nobody vouches for is refused', async () => {
    expect(await exchange({}, SERVER)).toMatchObject({
      code: 'INTERNAL',
      message: expect.stringMatching(/^IO Error trying to forward REST request: /),
    })
  })

  test('a worker that is gone after it was asked: nobody knows what became of it', async () => {
    const tls = { key: SERVER['ssl.keystore.key'], cert: SERVER['ssl.keystore.certificate.chain'] }
    const asked: string[] = []
    const listener = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      tls,
      socket: {
        data: (socket, bytes) => {
          asked.push(bytes.toString())
          socket.terminate()
        },
      },
    })
    const client = new WorkerClient({ tls: () => workerTls(TRUST) })
    const error = await failureOf(client.ask(`https://localhost:${listener.port}/`, GET))
    listener.stop(true)
    expect(asked.length).toBe(1)
    expect(error).toBeInstanceOf(UncertainError)
  })

  test('only versions that may be spoken', async () => {
    const old = { ...SERVER, 'ssl.enabled.protocols': 'TLSv1.2' }
    expect(await exchange({ ...TRUST, 'ssl.enabled.protocols': 'TLSv1.3' }, old)).toMatchObject({
      code: 'INTERNAL',
    })
    await server?.close(0)
    expect(await exchange({ ...TRUST, 'ssl.enabled.protocols': 'TLSv1.2' }, old)).toEqual(SERVED)
  })

  test('what is wrong with the keys is told', async () => {
    const error = await exchange({ 'ssl.truststore.location': '/nowhere' }, SERVER)
    expect(error).toMatchObject({ message: expect.stringContaining('/nowhere') })
  })
})

import { afterEach, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import tls from 'node:tls'
import { listenerTls } from '../../../src/cli/listener-tls.ts'
import { parseListener } from '../../../src/config/worker/listeners.ts'
import { ConfigException } from '../../../src/data/errors.ts'
import { type RestServer, serve } from '../../../src/rest/server.ts'

const stores = join(import.meta.dir, '../client-properties/stores')
const file = (name: string) => join(stores, name)
const text = (name: string) => readFileSync(file(name), 'utf8')
const P = 'listeners.https.'
const SERVER = {
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.key': text('server.key'),
  'ssl.keystore.certificate.chain': text('server.pem'),
}
const TRUST = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': file('ca.pem') }
const prefixed = (keys: Record<string, string>) =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [P + key, value]))

let server: RestServer | null = null
afterEach(() => server?.close(0))

/** What a client gets for GET /, or how it fails. */
function answerTo(raw: Record<string, string>, client: tls.ConnectionOptions = {}): Promise<string> {
  server = serve([parseListener('https://127.0.0.1:0')], [], { main: listenerTls(raw, P) })
  server.mount({ fetch: request => new Response(`hello ${new URL(request.url).protocol}`) })
  const { promise, resolve } = Promise.withResolvers<string>()
  let seen = ''
  let protocol: string | null = null
  const socket = tls.connect(
    {
      port: server.bound[0]!.port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: text('ca.pem'),
      ...client,
    },
    () => {
      protocol = socket.getProtocol()
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    },
  )
  socket.on('data', chunk => {
    seen += String(chunk)
  })
  socket.on('error', error => resolve(`refused ${(error as NodeJS.ErrnoException).code}`))
  socket.on('close', () => resolve(seen === '' ? 'refused' : `${seen.split('\r\n\r\n')[1]} ${protocol}`))
  return promise
}

const CLIENT = { key: text('client.key'), cert: text('client.pem') }

describe('an HTTPS listener', () => {
  test('with prefixed keys; the plain ones do not count then', async () => {
    const raw = { ...prefixed(SERVER), 'ssl.keystore.location': '/nowhere', 'ssl.client.auth': 'required' }
    expect(await answerTo(raw)).toStartWith('hello https:')
  })
  test('with the worker’s plain keys where there is none with the prefix', async () => {
    expect(await answerTo(SERVER)).toStartWith('hello https:')
  })
  test('that requires clients to show a certificate of its authority', async () => {
    const raw = prefixed({ ...SERVER, ...TRUST, 'ssl.client.auth': 'required' })
    expect(await answerTo(raw, CLIENT)).toStartWith('hello https:')
    await server!.close(0)
    expect(await answerTo(raw)).toStartWith('refused')
    await server!.close(0)
    // Of no authority that it trusts: itself.
    const stranger = { key: text('server.key'), cert: text('server.pem') }
    const foreign = prefixed({
      ...SERVER,
      'ssl.client.auth': 'required',
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': file('client.pem'),
    })
    expect(await answerTo(foreign, stranger)).toStartWith('refused')
  })
  test('that asks for a certificate takes clients without one', async () => {
    const raw = prefixed({ ...SERVER, ...TRUST, 'ssl.client.auth': 'requested' })
    expect(await answerTo(raw)).toStartWith('hello https:')
  })
  test.each([
    ['TLSv1.3', { maxVersion: 'TLSv1.2' }, 'refused'],
    ['TLSv1.3', {}, 'hello https: TLSv1.3'],
    ['TLSv1.2', { minVersion: 'TLSv1.3' }, 'refused'],
    ['TLSv1.2', {}, 'hello https: TLSv1.2'],
    ['TLSv1.2,TLSv1.3', { maxVersion: 'TLSv1.2' }, 'hello https: TLSv1.2'],
  ] as const)('ssl.enabled.protocols=%s with a client of %j: %s', async (enabled, client, expected) => {
    const raw = prefixed({ ...SERVER, 'ssl.enabled.protocols': enabled })
    expect(await answerTo(raw, client)).toStartWith(expected)
  })
})

test.each([
  [{}, 'An HTTPS listener needs ssl.keystore.location'],
  [
    { 'listeners.https.ssl.protocol': 'TLS', ...SERVER },
    'An HTTPS listener needs listeners.https.ssl.keystore.location',
  ],
  [{ ...SERVER, 'ssl.client.auth': 'required' }, 'ssl.client.auth=required needs ssl.truststore.location'],
  [{ ...SERVER, 'ssl.client.auth': 'perhaps' }, 'Invalid value perhaps for configuration ssl.client.auth'],
  [{ ...SERVER, 'ssl.enabled.protocols': 'TLSv1.1' }, 'only TLSv1.2 and TLSv1.3 can be spoken'],
  [{ ...SERVER, 'ssl.cipher.suites': 'nonsense' }, 'ssl.cipher.suites: nonsense is not a cipher suite'],
])('refused: %#', (raw, message) => {
  expect(() => listenerTls(raw as Record<string, string>, P)).toThrow(ConfigException)
  expect(() => listenerTls(raw as Record<string, string>, P)).toThrow(message)
})

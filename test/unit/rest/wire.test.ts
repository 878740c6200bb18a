import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { parseListener } from '../../../src/config/worker/listeners.ts'
import { type RestServer, serve } from '../../../src/rest/server.ts'
import { Door } from './door.ts'

let door: Door
let server: RestServer
let port: number
beforeAll(async () => {
  door = await Door.open()
  server = serve([parseListener('http://127.0.0.1:0')])
  server.mount({ fetch: request => door.fetch(request) })
  port = server.bound[0]!.port
})
afterAll(async () => {
  await server.close(0)
  await door.close()
})

/** Sends these bytes as they are and gives back what comes until the connection ends. */
function exchange(sent: string | Buffer): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let seen = ''
  const socket = connect(port, '127.0.0.1', () => socket.end(sent))
  socket.on('data', chunk => {
    seen += chunk.toString('latin1')
  })
  socket.on('error', () => resolve(seen))
  socket.on('close', () => resolve(seen))
  return promise
}

const close = 'Host: w\r\nConnection: close\r\n'
const post = `POST /connectors HTTP/1.1\r\n${close}Content-Type: application/json\r\n`

test.each([
  ['nothing', ''],
  ['line ends', '\r\n\r\n\r\n'],
  ['no HTTP', 'hello\r\n\r\n'],
  ['TLS', Buffer.from('16030100c8010000c40303', 'hex')],
  ['random bytes', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))],
  ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['an empty host', 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'],
  ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b/c?d#e\r\nConnection: close\r\n\r\n'],
  ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
  ['an absolute URL', `GET http://other/connectors HTTP/1.1\r\n${close}\r\n`],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${close}\r\n`],
  ['CONNECT', `CONNECT w:80 HTTP/1.1\r\n${close}\r\n`],
  ['raw bytes beyond ASCII', Buffer.from(`GET /connectors/\xff\xfe HTTP/1.1\r\n${close}\r\n`, 'latin1')],
  ['a header of 100 kB', `GET / HTTP/1.1\r\n${close}X: ${'x'.repeat(100_000)}\r\n\r\n`],
  ['a thousand headers', `GET / HTTP/1.1\r\n${close}${'X: y\r\n'.repeat(1000)}\r\n`],
  ['a header without colon', `GET / HTTP/1.1\r\n${close}X\r\n\r\n`],
  ['two lengths', `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
  ['a length that is none', `${post}Content-Length: x\r\n\r\n{}`],
  ['a negative length', `${post}Content-Length: -2\r\n\r\n{}`],
  ['length and chunks', `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
  ['a chunk that is none', `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`],
  ['chunks', `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n`],
  ['half a body', `${post}Content-Length: 200\r\n\r\n{"name":`],
  ['half a header', 'GET / HTTP/1.1\r\nHos'],
  ['two requests in one', `GET / HTTP/1.1\r\nHost: w\r\n\r\nGET / HTTP/1.1\r\n${close}\r\n`],
  ['an upgrade', `GET / HTTP/1.1\r\nHost: w\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
  ['a body that is too large', `${post}Content-Length: 999999999999\r\n\r\n`],
])('%s: an answer of ours or the end of the connection, and the next client is served', async (_, sent) => {
  const answer = await exchange(sent)
  expect(answer === '' || /^HTTP\/1\.[01] [1-5]\d\d/.test(answer)).toBe(true)
  expect(answer).not.toMatch(/\.ts:\d+|node_modules|<html/)
  const next = await exchange(`GET /connectors HTTP/1.1\r\n${close}\r\n`)
  expect(next).toStartWith('HTTP/1.1 200')
  expect(next).toEndWith('[]')
})

test('a hundred clients that go in the middle of a request leave nothing behind', async () => {
  const body = JSON.stringify({ name: 'half', config: door.sourceConfig() })
  const half = `${post}Content-Length: ${body.length}\r\n\r\n${body.slice(0, -5)}`
  await Promise.all(Array.from({ length: 100 }, () => exchange(half)))
  expect(await exchange(`GET /connectors HTTP/1.1\r\n${close}\r\n`)).toEndWith('[]')
})

describe('the Host header', () => {
  const created = (name: string) => JSON.stringify({ name, config: door.sourceConfig() })
  const withBody = (head: string, body: string) =>
    `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

  test.each([
    ['GET / HTTP/1.0\r\n\r\n', '"version"'],
    ['HEAD /connectors HTTP/1.0\r\n\r\n', 'content-length: 2\r\n'],
    ['OPTIONS / HTTP/1.0\r\n\r\n', 'HEAD, GET, OPTIONS'],
    ['GET /connectors HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', '[]'],
  ])('none, as health checks of load balancers have it: %j', async (sent, answer) => {
    const got = await exchange(sent)
    expect(got).toStartWith('HTTP/1.1 200 ')
    expect(got).toContain(answer)
  })

  test.each(['a b', 'a/b?c#d', 'é', 'w:99999'])('%s is none: 400, and nothing is done', async host => {
    for (const method of ['GET', 'HEAD']) {
      const got = await exchange(
        `${method} /connectors HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      )
      expect(got).toStartWith('HTTP/1.1 400 ')
    }
    const head = `POST /connectors HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`
    const posted = await exchange(withBody(head, created('odd')))
    expect(posted).toStartWith('HTTP/1.1 400 ')
    expect((await door.ask('GET', '/connectors')).body).toEqual([])
  })

  test('Location names the listener where there is none', async () => {
    const got = await exchange(withBody('POST /connectors HTTP/1.0\r\n', created('old')))
    expect(got).toStartWith('HTTP/1.1 201 ')
    expect(got).toContain(`Location: http://127.0.0.1:${port}/connectors/old\r\n`)
    expect((await door.ask('DELETE', '/connectors/old')).status).toBe(204)
  })
})

import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { type Listener, parseListener } from '../../../src/config/worker/listeners.ts'
import { ConnectException } from '../../../src/data/errors.ts'
import { type RestServer, serve } from '../../../src/rest/server.ts'
import { rawRequest } from '../../differential/raw-http.ts'
import { Door } from './door.ts'
import { slowConnector } from './slow-connector.ts'

const open: RestServer[] = []
const listen = (...urls: string[]) => {
  const server = serve(urls.map(parseListener))
  open.push(server)
  return server
}
const portOf = (server: RestServer, index = 0) => server.bound[index]!.port
const hello = () => new Hono().get('/', c => c.text('hello'))

let held: Awaited<ReturnType<typeof holdRequest>>
beforeAll(async () => {
  held = await holdRequest()
})
afterAll(() => held.close())

afterEach(async () => {
  await Promise.all(open.splice(0).map(server => server.close(0)))
})

test('over the wire: HEAD keeps Content-Type and Content-Length, refusals have no content type, 202 has length 0', async () => {
  const door = await Door.open()
  try {
    const server = listen('http://127.0.0.1:0')
    server.mount({ fetch: request => door.fetch(request) })
    const port = portOf(server)
    await door.source('one')
    const get = await rawRequest(port, 'GET', '/connectors')
    expect(get).toMatchObject({ status: 200, body: '["one"]' })
    expect(get.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '7' })
    const head = await rawRequest(port, 'HEAD', '/connectors')
    expect([head.status, head.body]).toEqual([200, ''])
    expect(head.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '7' })
    const missing = await rawRequest(port, 'GET', '/nope')
    expect(missing.headers['content-type']).toBeUndefined()
    expect(missing).toMatchObject({ status: 404, body: '{"error_code":404,"message":"HTTP 404 Not Found"}' })
    expect((await rawRequest(port, 'HEAD', '/nope')).headers['content-type']).toBeUndefined()
    const pause = await rawRequest(port, 'PUT', '/connectors/one/pause')
    expect([pause.status, pause.headers['content-length']]).toEqual([202, '0'])
    const stop = await rawRequest(port, 'PUT', '/connectors/one/stop', { 'Content-Length': '0' })
    expect([stop.status, stop.headers['content-length']]).toEqual([204, undefined])
    const untyped = await rawRequest(port, 'POST', '/connectors', {}, '{}')
    expect([untyped.status, untyped.headers['content-type']]).toEqual([415, 'application/json'])
    const none = await rawRequest(port, 'POST', '/connectors')
    expect(none.status).toBe(400)
    const lowerCase = await rawRequest(port, 'GET', '/connectors', { 'Content-type': 'application/json' })
    expect(lowerCase.status).toBe(200)
    const post = JSON.stringify({ name: 'two', config: door.sourceConfig() })
    const typed = { 'Content-Type': 'application/json; charset=utf-8' }
    const created = await rawRequest(port, 'POST', '/connectors/', typed, post)
    expect([created.status, created.headers['location']]).toEqual([
      201,
      `http://127.0.0.1:${port}/connectors/two`,
    ])
  } finally {
    await door.close()
  }
})

test('requests that come before the worker is there are held, not refused', async () => {
  const server = listen('http://127.0.0.1:0')
  const early = fetch(`http://127.0.0.1:${portOf(server)}/`)
  const first = await Promise.race([early.then(() => 'answered'), Bun.sleep(50).then(() => 'held')])
  expect(first).toBe('held')
  server.mount(hello())
  expect(await (await early).text()).toBe('hello')
})

test('port 0, several listeners, IPv6 and every interface', async () => {
  const server = listen('http://127.0.0.1:0', 'http://[::1]:0', 'http://:0', 'http://localhost:0')
  server.mount(hello())
  expect(server.bound.every(({ port }) => port > 0)).toBe(true)
  for (const url of [
    `http://127.0.0.1:${portOf(server, 0)}`,
    `http://[::1]:${portOf(server, 1)}`,
    `http://127.0.0.1:${portOf(server, 2)}`,
    `http://[::1]:${portOf(server, 2)}`,
    `http://localhost:${portOf(server, 3)}`,
  ])
    expect(await (await fetch(url)).text()).toBe('hello')
})

function refusal(listener: Listener[]): ConnectException {
  try {
    open.push(serve(listener))
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectException)
    return error as ConnectException
  }
  throw new Error('it was bound')
}

test('a port in use: the listener, the reason and the way out; what was bound before is given back', async () => {
  const port = portOf(listen('http://127.0.0.1:0'))
  const other = portOf(listen('http://127.0.0.1:0'))
  await open.pop()!.close(0)
  const error = refusal([`http://127.0.0.1:${other}`, `http://127.0.0.1:${port}`].map(parseListener))
  expect(error.message).toBe(
    `Unable to initialize REST server: failed to bind to http://127.0.0.1:${port}: Address already in use`,
  )
  expect(error.hint).toContain(`port ${port}`)
  expect(portOf(listen(`http://127.0.0.1:${other}`))).toBe(other)
})

test.each([
  ['http://192.0.2.1:0', '192.0.2.1 is neither the name nor the address of an interface of this machine'],
  ['http://no-such-host.invalid:0', 'no-such-host.invalid is neither the name nor the address'],
  ['http://127.0.0.1:70000', 'a port is a number from 0 to 65535'],
  ['https://127.0.0.1:0', 'HTTPS needs a certificate and its key'],
])('%s: %s', (url, reason) => {
  const error = refusal([parseListener(url)])
  expect(error.message).toStartWith(`Unable to initialize REST server: failed to bind to ${url}: `)
  expect(error.message).toContain(reason)
  expect(error.hint).toContain('listeners')
})

test('close waits for running requests, refuses new ones, and cuts what takes too long', async () => {
  const server = listen('http://127.0.0.1:0')
  const gate = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const app = new Hono()
  app.get('/slow', async c => {
    started.resolve()
    await gate.promise
    return c.text('done')
  })
  app.get('/never', () => new Promise<Response>(() => {}))
  server.mount(app)
  const url = `http://127.0.0.1:${portOf(server)}`
  const slow = fetch(`${url}/slow`)
  await started.promise
  const closing = server.close(60_000)
  await expect(fetch(url)).rejects.toThrow()
  gate.resolve()
  expect(await (await slow).text()).toBe('done')
  await closing

  const second = listen('http://127.0.0.1:0')
  second.mount(app)
  const never = fetch(`http://127.0.0.1:${portOf(second)}/never`).catch(() => 'cut')
  await Bun.sleep(20)
  await second.close(50)
  expect(await never).toBe('cut')
})

test('an idle connection does not hold up the close', async () => {
  const server = listen('http://127.0.0.1:0')
  server.mount(hello())
  const socket = connect(portOf(server), '127.0.0.1')
  const ended = Promise.withResolvers<void>()
  socket.on('close', () => ended.resolve())
  socket.on('error', () => ended.resolve())
  await new Promise(resolve => socket.on('connect', resolve))
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await new Promise(resolve => socket.once('data', resolve))
  await server.close(60_000)
  await ended.promise
})

test('an app that throws: the two-field body and no page with sources', async () => {
  const server = listen('http://127.0.0.1:0')
  server.mount({
    fetch() {
      throw new Error('broken')
    },
  })
  const answer = await fetch(`http://127.0.0.1:${portOf(server)}/`)
  expect([answer.status, await answer.json()]).toEqual([500, { error_code: 500, message: 'broken' }])
})

test('a request that waits for a start of 60 s gets its answer', async () => {
  expect(await held.answer).toBe(201)
  expect(held.took()).toBeGreaterThanOrEqual(60_000)
}, 120_000)

/** Begins when the file does: the other tests run meanwhile. */
async function holdRequest() {
  const slow = slowConnector()
  slow.gates.validate.resolve()
  const door = await Door.open({}, [slow.plugin])
  const server = serve([parseListener('http://127.0.0.1:0')])
  server.mount({ fetch: request => door.fetch(request) })
  const began = performance.now()
  let ended = 0
  const post = JSON.stringify({ name: 'late', config: slow.config })
  const headers = { 'Content-Type': 'application/json' }
  const asked = rawRequest(portOf(server), 'POST', '/connectors', headers, post).then(({ status }) => {
    ended = performance.now()
    return status
  })
  await slow.reached.start.promise
  const timer = setTimeout(() => slow.gates.start.resolve(), 60_000)
  return {
    answer: asked,
    took: () => ended - began,
    async close() {
      clearTimeout(timer)
      await server.close(0)
      await door.close()
    },
  }
}

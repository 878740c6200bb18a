import { afterEach, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { parseListener } from '../../../src/config/worker/listeners.ts'
import type { RestartInfo } from '../../../src/herder/herder.ts'
import { type RestServer, serve } from '../../../src/rest/server.ts'
import { flaky, flakySource, steady } from '../../integration/standalone/flaky.ts'
import { until } from '../../integration/standalone/support.ts'
import { Door } from './door.ts'
import { slowConnector } from './slow-connector.ts'

let door: Door
let server: RestServer | null = null
afterEach(async () => {
  await server?.close(0)
  server = null
  await door.close()
})

const request = (method: string, path: string, body: string | null, signal: AbortSignal) =>
  new Request(`http://worker:8083${path}`, {
    method,
    signal,
    ...(body !== null && { body, headers: { 'content-type': 'application/json' } }),
  })

test('a client that goes while its configuration is checked: nothing is created, and others go on', async () => {
  const slow = slowConnector()
  door = await Door.open({}, [slow.plugin])
  server = serve([parseListener('http://127.0.0.1:0')])
  const fetched: AbortSignal[] = []
  server.mount({
    fetch(request) {
      fetched.push(request.signal)
      return door.fetch(request)
    },
  })
  const body = JSON.stringify({ name: 'gone', config: slow.config })
  const socket = connect(server.bound[0]!.port, '127.0.0.1')
  socket.write(
    `POST /connectors HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await slow.reached.validate.promise
  socket.destroy()
  await until('the server to notice', () => fetched[0]!.aborted)
  slow.gates.validate.resolve()
  slow.gates.start.resolve()
  const second = await door.post('/connectors', { name: 'stays', config: slow.config })
  expect(second.status).toBe(201)
  expect((await door.get('/connectors')).body).toEqual(['stays'])
})

test.each([
  '/connectors/one/restart',
  '/connectors/one/restart?includeTasks=true',
  '/connectors/one/tasks/0/restart',
])('POST %s of a client that has gone restarts nothing, and the policy goes on as it was', async path => {
  steady()
  flaky.taskStarts = 1
  door = await Door.open({ 'bunnect.restart.backoff.initial.ms': '3600000' }, [flakySource])
  await door.post('/connectors', { name: 'one', config: { 'connector.class': 'FlakySource' } })
  const told = async () => {
    const [info] = (await door.get('/bunnect/restarts')).body as [RestartInfo]
    const { state, attempts, next_attempt } = info
    return { planned: { state, attempts, calls: [...flaky.calls] }, at: Date.parse(next_attempt!) }
  }
  await until('a restart to come', async () => (await door.get('/bunnect/restarts')).text.includes('waiting'))
  const before = await told()
  const response = await door.fetch(request('POST', path, null, AbortSignal.abort()))
  expect(response.status).toBe(400)
  const after = await told()
  expect(after.planned).toEqual(before.planned)
  // Another plan would be minutes earlier or later; the wall clock is added to what is left, to a millisecond.
  expect(Math.abs(after.at - before.at)).toBeLessThan(1000)
})

test.each([
  ['PUT', '/connectors/one/config', 'config'],
  ['PATCH', '/connectors/one/config', 'config'],
  ['DELETE', '/connectors/one', null],
  ['PUT', '/connectors/one/pause', null],
  ['PUT', '/connectors/one/stop', null],
] as const)('%s %s of a client that has gone changes nothing', async (method, path, sent) => {
  door = await Door.open()
  await door.source('one')
  const before = (await door.get('/connectors/one')).body
  const body = sent && JSON.stringify({ ...door.sourceConfig(), name: 'one', added: 'x' })
  const response = await door.fetch(request(method, path, body, AbortSignal.abort()))
  expect(response.status).toBe(400)
  expect((await door.get('/connectors/one')).body).toEqual(before)
  await door.place.state('one', 'RUNNING', 'RUNNING')
})

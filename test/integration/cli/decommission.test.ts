/** `bunnect decommission` where there is nothing to hand over, or nobody to ask; the rest is in distributed/join-gate-jvm. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../servers/ports.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'
import { properties, Terminal, WORKER } from './terminal.ts'

const FORM = 'Usage: bunnect decommission [worker.properties | --url http://host:8083]'
let terminal: Terminal
let worker: ConnectWorker
let secure: string
const file = (name: string) => join(import.meta.dir, '../../unit/client-properties/stores', name)
const text = (name: string) => readFileSync(file(name), 'utf8')

beforeAll(async () => {
  terminal = new Terminal()
  const port = await freePort()
  secure = `https://127.0.0.1:${await freePort()}`
  worker = await startWorker('bunnect', {
    bootstrap: 'embedded',
    port,
    worker: {
      listeners: `http://127.0.0.1:${port},${secure}`,
      'listeners.https.ssl.keystore.type': 'PEM',
      'listeners.https.ssl.keystore.key': text('server.key'),
      'listeners.https.ssl.keystore.certificate.chain': text('server.pem'),
      'key.converter': WORKER['key.converter'],
      'value.converter': WORKER['value.converter'],
      'bunnect.data.dir': terminal.path('data'),
    },
  })
}, 120_000)
afterAll(async () => {
  await worker?.kill()
  terminal?.close()
})

const run = (...args: string[]) => terminal.run({ args: ['decommission', ...args] })

test('a standalone worker has nobody to hand its work to', async () => {
  const { code, said, out } = await run('--url', worker.rest)
  expect(said).toHaveLength(1)
  expect(said[0]).toStartWith(`the worker at ${worker.rest} refuses: `)
  expect(said[0]).toMatch(/standalone/i)
  expect(out).toBe('')
  expect(code).toBe(1)
})

test('over TLS it is asked with the trust store of its file, and without one it is not asked', async () => {
  const keys = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': file('ca.pem') }
  terminal.write({ 'tls.properties': properties({ listeners: secure, ...keys }) })
  expect((await run('tls.properties')).said[0]).toStartWith(`the worker at ${secure} refuses: `)
  const { code, said } = await run('--url', secure)
  expect(said[0]).toStartWith(`${secure} could not be asked: IO Error trying to forward REST request: `)
  expect(said[0]).toContain('No TLS connection')
  expect(code).toBe(1)
})

test('a worker that does not run is named by where its file says that it listens', async () => {
  const port = await freePort()
  const table: [listeners: string, url: string][] = [
    [`http://0.0.0.0:${port}`, `http://localhost:${port}`],
    [`http://:${port}`, `http://localhost:${port}`],
    [`https://127.0.0.1:${port},http://[::1]:${port}`, `http://[::1]:${port}`],
  ]
  for (const [listeners, url] of table) {
    terminal.write({ 'w.properties': properties({ ...WORKER, listeners }) })
    const { code, said } = await run('w.properties')
    expect(said).toEqual([expect.stringMatching(/^no worker answers at /)])
    expect(said[0]).toContain(`no worker answers at ${url}: `)
    expect(said[0]).toContain('Is it running? Give the worker.properties')
    expect(code).toBe(1)
  }
})

test('a certificate is for the name that others know the worker by', async () => {
  const port = await freePort()
  const file = properties({
    listeners: `https://0.0.0.0:${port}`,
    'rest.advertised.host.name': '127.0.0.1',
  })
  terminal.write({ 'w.properties': file })
  const { said } = await run('w.properties')
  expect(said[0]).toContain(`no worker answers at https://127.0.0.1:${port}: `)
})

test('a worker whose tasks take longer to stop than a request may wait is asked until it has left', async () => {
  const message =
    'Request timed out. The worker is currently decommissioning this worker, which began at now.'
  let asked = 0
  const slow = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () =>
      ++asked < 3
        ? Response.json({ error_code: 500, message }, { status: 500 })
        : Response.json({ connectors: ['a'], tasks: [{ connector: 'a', task: 0 }], delay: null }),
  })
  const { code, out } = await run('--url', `http://127.0.0.1:${slow.port}`)
  expect([code, asked]).toEqual([0, 3])
  expect(out).toContain('1 connector: a')
  await slow.stop(true)
})

test('a port that the file does not tell', async () => {
  terminal.write({ 'w.properties': properties(WORKER) })
  const { code, said } = await run('w.properties')
  expect(said).toEqual([
    'w.properties: listeners names no port, so nobody knows where the worker listens. Give its address with --url; its log has it.',
  ])
  expect(code).toBe(2)
})

test('a command line that nobody understands', async () => {
  for (const [args, text] of [
    [['a', 'b'], 'decommission takes the property file of one worker, or its URL'],
    [['a', '--url', 'http://x'], 'decommission takes the property file of one worker, or its URL'],
    [['--url', 'localhost:8083'], "'localhost:8083' is no URL of a worker"],
  ] as const) {
    const { code, said } = await run(...args)
    expect(said).toEqual([`${text}. ${FORM}`])
    expect(code).toBe(1)
  }
})

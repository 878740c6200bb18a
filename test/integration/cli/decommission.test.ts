/** `bunnect decommission` where there is nothing to hand over, or nobody to ask; the rest is in distributed/join-gate-jvm. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { freePort } from '../../servers/ports.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'
import { properties, Terminal, WORKER } from './terminal.ts'

const FORM = 'Usage: bunnect decommission [worker.properties | --url http://host:8083]'
let terminal: Terminal
let worker: ConnectWorker

beforeAll(async () => {
  terminal = new Terminal()
  worker = await startWorker('bunnect', {
    bootstrap: 'embedded',
    worker: {
      'key.converter': WORKER['key.converter'],
      'value.converter': WORKER['value.converter'],
      'bunnect.data.dir': terminal.path('data'),
    },
  })
}, 60_000)
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

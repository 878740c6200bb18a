import { afterEach, beforeEach, expect, test } from 'bun:test'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../servers/ports.ts'
import { until } from '../../servers/run.ts'
import { type Program, Terminal } from '../cli/terminal.ts'

/** A file system of its own is what root may mount, or anybody in a user namespace. */
const UNSHARE = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-rm']
const READY = 'Server started, listening for requests'

let terminal: Terminal
let url: string
beforeEach(async () => {
  terminal = new Terminal()
  url = `http://127.0.0.1:${await freePort()}`
})
afterEach(() => terminal.close())

async function started(args: string[] = ['--listeners', url, '--data', 'data']): Promise<Program> {
  const server = terminal.start({ args: ['schema-registry', ...args] })
  await server.says(READY)
  return server
}

interface Registered {
  id: number
  version: number
  schema: string
}

async function register(subject: string, i: number): Promise<Registered> {
  const schema = { type: 'record', name: 'R', fields: [{ name: `f${i}`, type: 'int', default: 0 }] }
  const answer = await fetch(`${url}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  })
  const body = await answer.json()
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(body)}`)
  return body as Registered
}

const json = async (path: string): Promise<unknown> => await (await fetch(url + path)).json()

test('whatever was answered before a SIGKILL is there afterwards, under the id and version that were told', async () => {
  const told = new Map<string, Registered>()
  let next = 0
  for (let round = 0; round < 5; round++) {
    const server = await started()
    let isOver = false
    const client = async (subject: string) => {
      while (!isOver) {
        const registered = await register(subject, next++).catch(() => null)
        if (registered === null) return
        told.set(`${subject}/${registered.version}`, registered)
      }
    }
    const clients = ['a', 'b', 'a', 'b'].map(client)
    const before = told.size
    await until('thirty registrations', () => told.size > before + 30, 60_000, 1)
    server.signal('SIGKILL')
    await server.ended()
    isOver = true
    await Promise.all(clients)
  }
  await started()
  for (const [place, { id, version, schema }] of told) {
    const [subject] = place.split('/')
    const there = await json(`/subjects/${subject}/versions/${version}`)
    expect(there).toEqual({ subject, version, id, schema })
  }
  expect(new Set([...told.values()].map(({ id }) => id)).size).toBe(told.size)
  for (const subject of ['a', 'b']) {
    const versions = (await json(`/subjects/${subject}/versions`)) as number[]
    expect(versions).toEqual(versions.map((_, i) => i + 1))
  }
}, 120_000)

test('SIGTERM ends it cleanly; the next one has everything', async () => {
  const server = await started()
  const { id } = await register('a', 1)
  server.signal('SIGTERM')
  const { code, out, said, warned, err } = await server.ended()
  expect([code, out, said, warned]).toEqual([143, '', [], []])
  expect(err.match(/INFO/g)).toHaveLength(1)
  await started()
  expect((await register('a', 1)).id).toBe(id)
})

test('the property file has Confluent’s names; the command line wins', async () => {
  terminal.write({
    'schema-registry.properties': [
      'listeners=http://127.0.0.1:1',
      'schema.compatibility.level=full',
      'mode.mutability=false',
      'bunnect.data.dir=from-file',
      'kafkastore.bootstrap.servers=broker:9092',
    ].join('\n'),
  })
  const server = await started(['schema-registry.properties', '--listeners', url])
  expect(await json('/config')).toEqual({ compatibilityLevel: 'FULL' })
  const answer = await fetch(`${url}/mode`, {
    method: 'PUT',
    body: '{"mode":"READONLY"}',
    headers: { 'content-type': 'application/json' },
  })
  expect(await answer.json()).toEqual({ error_code: 42205, message: 'Mode changes are not allowed' })
  server.signal('SIGTERM')
  const { warned, err } = await server.ended()
  expect(warned).toHaveLength(1)
  expect(warned[0]).toContain('nobody reads kafkastore.bootstrap.servers')
  expect(err).toContain('schemas are in from-file/schema-registry.db')
})

test('an https listener speaks with the key store of the file', async () => {
  const stores = join(import.meta.dir, '../../unit/client-properties/stores')
  const text = (name: string) => readFileSync(join(stores, name), 'utf8')
  terminal.write({
    'tls.properties': [
      `listeners=${url.replace('http', 'https')}`,
      'ssl.keystore.type=PEM',
      'ssl.keystore.location=server-key-and-chain.pem',
    ].join('\n'),
    'server-key-and-chain.pem': text('server.key') + text('server.pem'),
  })
  await started(['tls.properties'])
  const answer = await fetch(`${url.replace('http', 'https')}/subjects`, {
    tls: { ca: text('ca.pem'), serverName: 'localhost', checkServerIdentity: () => undefined },
  })
  expect(await answer.json()).toEqual([])
})

test('a full disk refuses what cannot be kept, keeps what it has, and takes more once there is room', async () => {
  const mount = 'mkdir data && mount -t tmpfs -o size=1m registry data && exec "$@"'
  const server = terminal.start({
    args: ['schema-registry', '--listeners', url, '--data', 'data'],
    before: [...UNSHARE, 'sh', '-c', mount, 'sh'],
  })
  await server.says(READY)
  const inside = join('/proc', String(server.child.pid), 'cwd/data')
  const kept = await register('a', 0)
  let refused = ''
  for (let i = 1; refused === ''; i++) {
    const room = await statfs(inside)
    if (room.bavail > 8) writeFileSync(join(inside, 'filler'), Buffer.alloc((room.bavail - 8) * room.bsize))
    await register('a', i).catch(error => {
      refused = error.message
    })
  }
  expect(refused).toMatch(
    /^500 .*"error_code":50001,"message":"Nothing was written: .*See whether the disk has room/,
  )
  expect(await json('/schemas/ids/1')).toEqual({ schema: kept.schema })
  const before = await json('/subjects/a/versions')
  rmSync(join(inside, 'filler'))
  const next = await register('a', 9999)
  expect(await json('/subjects/a/versions')).toEqual([...(before as number[]), next.version])
})

test('what keeps it from starting is told on one line with what to do', async () => {
  await started()
  const other = `http://127.0.0.1:${await freePort()}`
  const failing = async (args: string[]) => {
    const { code, said } = await terminal.run({ args: ['schema-registry', ...args] })
    return [code, said.length, said[0]]
  }
  expect(await failing(['--listeners', other, '--data', 'data'])).toEqual([
    2,
    1,
    expect.stringMatching(/data\/schema-registry\.db is in use by another process\. Stop that process/),
  ])
  expect(await failing(['--listeners', url, '--data', 'data2'])).toEqual([
    2,
    1,
    expect.stringContaining(`failed to bind to ${url}: Address already in use`),
  ])
  terminal.write({ 'p.properties': 'mode.mutability=true\nschema.compatibility.level=sideways\n' })
  expect(await failing(['p.properties'])).toEqual([
    2,
    1,
    expect.stringMatching(
      /^p\.properties:2: Invalid value sideways for configuration schema\.compatibility\.level/,
    ),
  ])
  expect(await failing(['none.properties'])).toEqual([
    2,
    1,
    expect.stringContaining('none.properties: no such file'),
  ])
  expect(await failing(['a', 'b'])).toEqual([1, 1, expect.stringContaining('Usage: bunnect schema-registry')])
  expect(await failing(['--port', '1'])).toEqual([
    1,
    1,
    expect.stringContaining('Usage: bunnect schema-registry'),
  ])
})

/** What is asked of one worker and done by another. */
import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signatureHeaders } from '../../../src/herder/distributed/request-signature.ts'
import { eachWithMembers } from './each-test.ts'
import type { Member, Members } from './members.ts'
import { until } from './workers.ts'

let members: Members
eachWithMembers(fresh => {
  members = fresh
})

const HASTY = { 'connect.protocol': 'sessioned' }
const TIMEOUT = 90_000

/** The first one leads. */
async function pair(more: Record<string, string> = HASTY): Promise<[leader: Member, follower: Member]> {
  const leader = await members.start(more)
  return [leader, await members.start(more)]
}

const nameOf = (body: { name?: string } | null) => body?.name

describe('through a worker that does not lead', () => {
  test(
    'everything is answered as by the leader, at once and as of now',
    async () => {
      const [leader, follower] = await pair()
      const config = members.config(2)
      const made = await fetch(`${follower.url}/connectors`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'a b', config }),
      })
      expect([
        made.status,
        made.headers.get('location'),
        nameOf((await made.json()) as { name: string }),
      ]).toEqual([201, `${follower.url}/connectors/a%20b`, 'a b'])
      const path = '/connectors/a%20b'
      expect((await follower.ask('GET', `${path}/status`)).status).toBe(200)
      expect(await follower.ask('POST', '/connectors', { name: 'a b', config })).toEqual({
        status: 409,
        body: { error_code: 409, message: 'Connector a b already exists' },
      })
      expect((await follower.ask('PUT', `${path}/config`, { ...config, k: '1' })).status).toBe(200)
      expect((await follower.ask('GET', `${path}/config`)).body).toMatchObject({ k: '1' })
      expect((await follower.ask('PATCH', `${path}/config`, { k: null, l: 2 })).status).toBe(200)
      const patched = (await follower.ask('GET', `${path}/config`)).body
      expect(patched).toMatchObject({ l: '2' })
      expect(patched).toEqual((await leader.ask('GET', `${path}/config`)).body)
      expect((await follower.ask('PUT', '/connectors/new/config', config)).status).toBe(201)
      await members.running({ 'a b': 2, new: 2 })
      for (const at of [leader, follower]) {
        for (const name of ['a%20b', 'new']) {
          expect((await at.ask('POST', `/connectors/${name}/restart`)).status).toBe(204)
          expect((await at.ask('POST', `/connectors/${name}/tasks/0/restart`)).status).toBe(204)
          expect((await at.ask('POST', `/connectors/${name}/tasks/1/restart`)).status).toBe(204)
        }
        const { status, body } = await at.ask('POST', `${path}/restart?includeTasks=true`)
        expect([status, body.connector.state]).toEqual([202, 'RESTARTING'])
        await members.running({ 'a b': 2, new: 2 })
      }
      for (const [method, suffix, status] of [
        ['PUT', '/pause', 202],
        ['PUT', '/resume', 202],
        ['PUT', '/stop', 204],
        ['PUT', '/resume', 202],
        ['DELETE', '', 204],
      ] as const)
        expect([suffix, (await follower.ask(method, path + suffix)).status]).toEqual([suffix, status])
      expect((await follower.ask('GET', path)).status).toBe(404)
      expect((await follower.ask('DELETE', path)).body).toEqual({
        error_code: 404,
        message: 'Connector a b not found',
      })
      expect((await follower.ask('GET', '/connectors')).body).toEqual(['new'])
    },
    TIMEOUT,
  )

  test(
    'connectors whose names are dots are made, run and deleted',
    async () => {
      const [, follower] = await pair()
      for (const name of ['.', '..']) {
        const made = await follower.ask('POST', '/connectors', { name, config: members.config(2) })
        expect([made.status, nameOf(made.body)]).toEqual([201, name])
      }
      // One of the two objects is the follower's, which tells the leader of its tasks.
      await members.running({ '.': 2, '..': 2 })
      for (const name of ['.', '..']) {
        expect((await follower.ask('PUT', `/connectors/${name};/pause`)).status).toBe(202)
        expect((await follower.ask('DELETE', `/connectors/${name};`)).status).toBe(204)
      }
      expect((await follower.ask('GET', '/connectors')).body).toEqual([])
    },
    TIMEOUT,
  )

  test(
    'a configuration is checked before it goes anywhere',
    async () => {
      const [, follower] = await pair()
      const config = { 'connector.class': 'v.MarkedSource', 'tasks.max': 'many' }
      const { status, body } = await follower.ask('POST', '/connectors', { name: 'bad', config })
      expect([status, body.error_code]).toEqual([400, 400])
    },
    TIMEOUT,
  )

  test(
    'ten at once while others come and go: each is created and seen, with its initial state',
    async () => {
      const [, follower] = await pair()
      const config = members.config(1)
      const rounds = (async () => {
        const third = await members.start(HASTY)
        await members.stop(third)
      })()
      const names = Array.from({ length: 10 }, (_, i) => `c${i}`)
      const seen = await Promise.all(
        names.map(async (name, i) => {
          const initial_state = i % 2 ? 'PAUSED' : undefined
          const made = await follower.ask('POST', '/connectors', { name, config, initial_state })
          const read = await follower.ask('GET', `/connectors/${name}/status`)
          const again = await follower.ask('PUT', `/connectors/${name}/config`, { ...config, n: name })
          const restarted = i % 2 ? null : await follower.ask('POST', `/connectors/${name}/restart`)
          return [made.status, read.status, again.status, restarted?.status ?? 204]
        }),
      )
      expect(seen).toEqual(names.map(() => [201, 200, 200, 204]))
      await rounds
      await members.running(Object.fromEntries(names.filter((_, i) => i % 2 === 0).map(name => [name, 1])))
    },
    TIMEOUT,
  )

  test(
    'while the leader leaves: the next one does it',
    async () => {
      const [leader, follower] = await pair()
      const config = members.config(1)
      const names = Array.from({ length: 30 }, (_, i) => `c${i}`)
      let left: Promise<void> | null = null
      const seen: number[] = []
      for (const [i, name] of names.entries()) {
        if (i === 5) left = members.stop(leader)
        const { status } = await follower.ask('POST', '/connectors', { name, config })
        seen.push(status, (await follower.ask('GET', `/connectors/${name}/status`)).status)
      }
      expect(seen).toEqual(names.flatMap(() => [201, 200]))
      await left
    },
    TIMEOUT,
  )

  test(
    'strict: a rebalance is refused with 409 as by the JVM',
    async () => {
      const [, follower] = await pair({ ...HASTY, 'bunnect.rest.compat': 'strict' })
      const config = members.config(1)
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, i) => follower.ask('POST', '/connectors', { name: `c${i}`, config })),
      )
      for (const { status } of answers) expect([201, 409]).toContain(status)
    },
    TIMEOUT,
  )
})

test(
  'a leader that takes requests and hangs is waited for until another one leads',
  async () => {
    const arrived = Promise.withResolvers<void>()
    // Whatever is sent to it stays without an answer.
    const mute = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => arrived.resolve() } })
    const leader = await members.start({ ...HASTY, 'rest.advertised.port': String(mute.port) })
    const follower = await members.start(HASTY)
    const made = follower.ask('POST', '/connectors', { name: 'c', config: members.config(1) })
    await arrived.promise
    await members.stop(leader)
    expect((await made).status).toBe(201)
    await members.running({ c: 1 })
    mute.stop(true)
  },
  TIMEOUT,
)

test(
  'workers that speak TLS with each other',
  async () => {
    const stores = join(import.meta.dir, '../../unit/client-properties/stores')
    const file = (name: string) => join(stores, name)
    const tls = {
      ...HASTY,
      listeners: 'https://127.0.0.1:0,http://127.0.0.1:0',
      'rest.advertised.listener': 'https',
      'listeners.https.ssl.keystore.key': readFileSync(file('server.key'), 'utf8'),
      'listeners.https.ssl.keystore.certificate.chain': readFileSync(file('server.pem'), 'utf8'),
      'listeners.https.ssl.truststore.location': file('ca.pem'),
    }
    const both = await Promise.all([0, 1].map(() => members.start(tls, 1)))
    const config = members.config(2)
    for (const [i, at] of both.entries())
      expect((await at.ask('POST', '/connectors', { name: `t${i}`, config })).status).toBe(201)
    await members.running({ t0: 2, t1: 2 })
  },
  TIMEOUT,
)

describe('what workers ask each other', () => {
  const TASKS = [{ 'task.class': 'x', a: 'é' }]

  async function sessionKey(): Promise<Buffer> {
    const text = await until('a session key', async () => {
      const records = await members.cluster.records('configs')
      return records.findLast(({ key }) => key === 'session-key')?.value ?? null
    })
    return Buffer.from(JSON.parse(text as string).key, 'base64')
  }

  function post(
    at: Member,
    path: string,
    body: string,
    headers: Record<string, string> = {},
    method = 'POST',
  ) {
    return fetch(at.url + path, { method, body, headers }).then(async answer => ({
      status: answer.status,
      message: answer.status === 204 ? null : ((await answer.json()) as { message: string }).message,
    }))
  }

  test(
    'is refused unless it is signed with the key that holds now',
    async () => {
      const [leader] = await pair()
      await leader.ask('POST', '/connectors', { name: 'c', config: members.config(1) })
      await members.running({ c: 1 })
      const key = await sessionKey()
      const body = JSON.stringify(TASKS)
      const signed = signatureHeaders(body, 'HmacSHA256', key)
      const other = signatureHeaders(body, 'HmacSHA256', Buffer.from(key).reverse())
      const end = (await members.cluster.records('configs')).length
      for (const path of ['/connectors/c/tasks', '/bunnect/take-over'] as const) {
        const text =
          path === '/bunnect/take-over'
            ? JSON.stringify({ worker: leader.url, connectors: ['c'], tasks: [] })
            : body
        expect(await post(leader, path, text)).toEqual({
          status: 400,
          message: 'Internal request missing required signature',
        })
        expect(await post(leader, path, text, other)).toEqual({
          status: 403,
          message: 'Internal request contained invalid signature.',
        })
        expect(await post(leader, path, `${text} `, signed)).toMatchObject({ status: 403 })
        // A small one is read first, as by the JVM; a large one takes long to read, and is for other workers alone.
        expect((await post(leader, path, '[')).message).not.toContain('signature')
        expect(await post(leader, path, `[${' '.repeat(100_000)}`)).toEqual({
          status: 400,
          message: 'Internal request missing required signature',
        })
        expect(await post(leader, path, text, signatureHeaders(text, 'HmacSHA1', key))).toMatchObject({
          status: 400,
          message: expect.stringContaining("does not support the 'HmacSHA1' key signing algorithm"),
        })
        const strange = { ...signed, 'X-Connect-Authorization': 'a!' }
        expect(await post(leader, path, text, strange)).toEqual({
          status: 400,
          message: 'Illegal base64 character 21',
        })
      }
      // Each kind once, however many there are, and nothing of what they were signed with.
      const refusals = members.cluster.logged.filter(line =>
        line.includes('that only workers of this group may make'),
      )
      expect(refusals.map(line => / was refused: ([^.]+)/.exec(line)![1])).toEqual([
        'it has no signature',
        "it is not signed with the group's session key",
        'it is signed with "HmacSHA1", which is not in inter',
      ])
      expect(refusals.every(line => line.includes(' WARN '))).toBe(true)
      expect(refusals.join('')).not.toContain(other['X-Connect-Authorization']!)
      expect(await post(leader, '/connectors/c/tasks', '{', signed)).toMatchObject({ status: 400 })
      expect(await post(leader, '/connectors/none/tasks', body, signed)).toEqual({
        status: 404,
        message: 'Connector none not found',
      })
      expect((await members.cluster.records('configs')).length).toBe(end)
      await members.running({ c: 1 })
    },
    TIMEOUT,
  )

  test(
    'a request that is sent again starts nothing twice',
    async () => {
      const [leader, follower] = await pair()
      await leader.ask('POST', '/connectors', { name: 'c', config: members.config(2) })
      await members.running({ c: 2 })
      const key = await sessionKey()
      const configs = (await leader.ask('GET', '/connectors/c/tasks')).body as { config: object }[]
      const body = JSON.stringify(configs.map(({ config }) => config))
      for (let i = 0; i < 3; i++)
        expect(
          (await post(leader, '/connectors/c/tasks', body, signatureHeaders(body, 'HmacSHA256', key))).status,
        ).toBe(204)
      // The signature is checked and stays behind, as by the JVM.
      expect(
        await post(follower, '/connectors/c/tasks', body, signatureHeaders(body, 'HmacSHA256', key)),
      ).toEqual({
        status: 400,
        message: 'Internal request missing required signature',
      })
      expect((await leader.ask('GET', '/connectors/c/tasks')).body).toEqual(configs)
      await members.running({ c: 2 })
    },
    TIMEOUT,
  )

  test(
    'a group that does not sign asks for no signature',
    async () => {
      const [leader, follower] = await pair({ 'connect.protocol': 'compatible' })
      await leader.ask('POST', '/connectors', { name: 'c', config: members.config(1) })
      await members.running({ c: 1 })
      const configs = (await leader.ask('GET', '/connectors/c/tasks')).body as { config: object }[]
      const body = JSON.stringify(configs.map(({ config }) => config))
      expect((await post(follower, '/connectors/c/tasks', body)).status).toBe(204)
      expect((await post(leader, '/connectors/c/fence', '', {}, 'PUT')).status).toBe(204)
    },
    TIMEOUT,
  )
})

describe('POST /bunnect/decommission', () => {
  test(
    'hands everything over, and the worker goes on passing requests on',
    async () => {
      const [leader, follower] = await pair({ ...HASTY, 'scheduled.rebalance.max.delay.ms': '300000' })
      await leader.ask('POST', '/connectors', { name: 'c', config: members.config(4) })
      await members.running({ c: 4 })
      const { status, body } = await follower.ask('POST', '/bunnect/decommission')
      expect(status).toBe(200)
      expect(body).toMatchObject({ delay: null })
      expect(body.connectors.length + body.tasks.length).toBeGreaterThan(0)
      await members.running({ c: 4 })
      await until('the leader to have read that it runs all', async () => {
        const places = [...(await members.places(leader, ['c'])).values()]
        return places.length === 5 && places.every(at => at === leader.id)
      })
      expect(await follower.ask('POST', '/bunnect/decommission')).toMatchObject({ status: 200 })
      const config = members.config(1)
      expect((await follower.ask('POST', '/connectors', { name: 'd', config })).status).toBe(201)
      expect((await follower.ask('GET', '/connectors/d/status')).status).toBe(200)
      await members.running({ c: 4, d: 1 })
    },
    TIMEOUT,
  )

  test(
    'not for a page of another origin',
    async () => {
      const [leader] = await pair()
      const answer = await fetch(`${leader.url}/bunnect/decommission`, {
        method: 'POST',
        headers: { origin: 'http://elsewhere.example' },
      })
      expect(answer.status).toBe(403)
    },
    TIMEOUT,
  )
})

/** Many clients do anything to a few connectors at once: afterwards what is wanted, what runs and what is told agree. */
import { expect, test } from 'bun:test'
import type { ConnectorStatus } from '../../../src/herder/herder.ts'
import { eachWithCluster } from '../distributed/each-test.ts'
import { type Cluster, until } from '../distributed/workers.ts'
import { MODES, startEither } from './modes.ts'
import { StormSource } from './storm-source.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e']
const CLIENTS = 6
const REQUESTS = 60
/** Anything else is not an answer to what was asked. */
const EXPECTED = [
  /^20[0124] /,
  /^404 /,
  /^409 (Connector . already exists|Cannot complete request momentarily)/,
  // Overtaken by a newer request, as in the JVM.
  /^500 (Could not begin changing|Failed to transition) connector /,
  /^500 .* Cannot transition connector to /,
  /^500 Failed to (pause|resume|stop)/,
  /^500 the list of tables is locked/,
]

let cluster: Cluster
eachWithCluster(fresh => {
  cluster = fresh
})

const keys = { 'bunnect.restart.backoff.initial.ms': '20', 'bunnect.restart.limit': '1000' }

/** One request of a random kind. */
async function request(source: StormSource, random: () => number, version: string): Promise<string> {
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)]!
  const name = pick(NAMES)
  const at = `/connectors/${name}`
  const config = {
    'connector.class': source.plugin.className,
    'tasks.max': pick(['1', '2', '3']),
    version,
  }
  const flags = `includeTasks=${pick([true, false])}&onlyFailed=${pick([true, false])}`
  const kinds: (() => ReturnType<Cluster['ask']>)[] = [
    () => cluster.create(name, config, pick(['RUNNING', 'PAUSED', 'STOPPED'])),
    () => cluster.create(name, config),
    () => cluster.ask('PUT', `${at}/config`, config),
    () => cluster.ask('PATCH', `${at}/config`, { version }),
    () => cluster.ask('DELETE', at),
    () => cluster.ask('PUT', `${at}/${pick(['pause', 'resume', 'stop'])}`),
    () => cluster.ask('PUT', `${at}/resume`),
    () => cluster.ask('POST', `${at}/restart`),
    () => cluster.ask('POST', `${at}/restart?${flags}`),
    () => cluster.ask('POST', `${at}/tasks/${pick([0, 1])}/restart`),
    async () => {
      source.reconfigure(name)
      return { status: 200, body: null }
    },
  ]
  const { status, body } = await pick(kinds)()
  return `${status} ${body?.message ?? ''}`
}

/** Null when it is as it has to be, else what is not. */
async function wrong(source: StormSource, name: string): Promise<unknown> {
  const alive = source.alive(name)
  const info = await cluster.ask('GET', `/connectors/${name}`)
  const status = (await cluster.status(name)) as ConnectorStatus | null
  const seen = { alive, status, info: info.body }
  if (info.status === 404)
    return alive.objects.length === 0 && alive.tasks.length === 0 && status === null ? null : seen
  const { version, 'tasks.max': max } = info.body.config
  const state = status?.connector.state
  const tasks = state === 'STOPPED' ? 0 : (status?.tasks.length ?? -1)
  const known = ['RUNNING', 'PAUSED', 'STOPPED'].includes(state ?? '')
  const told = known && status?.tasks.every(task => task.state === state) && tasks === info.body.tasks.length
  // One that was created paused has never been asked for its tasks.
  const counted = state === 'RUNNING' ? tasks === Number(max) : true
  const objects = alive.objects.join() === (state === 'RUNNING' ? version : '')
  const numbers = alive.tasks.map(({ task }) => task).join()
  const run = state === 'RUNNING' ? alive.tasks.every(task => task.version === version) : true
  const all = numbers === Array.from({ length: tasks }, (_, task) => task).join()
  return told && counted && objects && run && all ? null : seen
}

for (const mode of MODES) {
  for (const seed of [1, 2, 3]) {
    test(`${mode}, ${seed}: what is wanted, what runs and what is told agree`, async () => {
      const random = randomFrom(seed)
      const source = new StormSource(random)
      await startEither(mode, cluster, keys, [source.plugin])
      let version = 0
      const answers: string[] = []
      await Promise.all(
        Array.from({ length: CLIENTS }, async () => {
          for (let i = 0; i < REQUESTS; i++) {
            answers.push(await request(source, random, String(version++)))
            await Bun.sleep(random() * 20)
          }
        }),
      )
      const odd = answers.filter(answer => !EXPECTED.some(fits => fits.test(answer)))
      expect(odd).toEqual([])
      source.failures = 0
      for (const name of NAMES) await cluster.ask('PUT', `/connectors/${name}/resume`)
      for (const name of NAMES) {
        let seen: unknown = null
        await until(
          `${name} to be as it has to be`,
          async () => {
            seen = await wrong(source, name)
            return seen === null
          },
          15_000,
        ).catch(error => {
          const lines = cluster.logged.filter(line => new RegExp(`\\b${name}\\b`).test(line)).slice(-40)
          throw new Error(`${error.message}: ${JSON.stringify(seen, null, 1)}\n${lines.join('')}`)
        })
      }
      expect(
        cluster.logged.filter(line => /already exists in this worker|nobody waited for/.test(line)),
      ).toEqual([])
    }, 120_000)
  }
}

test('stopped in the middle of it: nothing lives, every request is answered, and no status tells otherwise', async () => {
  const random = randomFrom(4)
  const source = new StormSource(random)
  source.failures = 0
  for (let round = 0; round < 5; round++) {
    await startEither('distributed', cluster, keys, [source.plugin])
    let stopped = false
    let version = 0
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (!stopped) await request(source, random, String(version++)).catch(() => (stopped = true))
    })
    await Bun.sleep(300 + random() * 500)
    await cluster.stop()
    stopped = true
    await Promise.all(clients)
    const alive = NAMES.map(name => source.alive(name)).filter(
      ({ objects, tasks }) => objects.length + tasks.length > 0,
    )
    expect(alive).toEqual([])
    const last = new Map<string, string | null>()
    for (const { key, value } of await cluster.records('statuses', 5)) last.set(key, value)
    const others = [...last].filter(([key, value]) => {
      if (value === null || !/^status-(task|connector)-/.test(key)) return false
      return JSON.parse(value).state !== 'UNASSIGNED'
    })
    expect(others).toEqual([])
  }
}, 120_000)

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

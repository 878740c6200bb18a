/** A client that never waits: whatever it was told is so, whichever worker it asks, while workers come and go. */
import { beforeAll, expect, test } from 'bun:test'
import type { ConnectorStatus } from '../../../src/herder/herder.ts'
import { ground } from '../../servers/ground.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'

/** BUNNECT_CHAOS=long: as often as the README says; else short enough for every run of the suite. */
const RUNS = process.env['BUNNECT_CHAOS'] === 'long' ? 100 : 10
const AT_ONCE = 10
/** These stay; c comes and goes. */
const ASKED = ['a', 'b']

const { group: newGroup } = ground()
let group: WorkerGroup
beforeAll(async () => {
  group = newGroup('hurried', { 'bunnect.task.hosts': '0' })
  for (const name of ASKED) await group.start(name, 'bunnect')
  await group.probe.create(`${group.name}-numbers`)
}, 120_000)

/** What was answered to a request that had to be answered otherwise. */
const complaints: string[] = []
let answers = 0

async function ask(worker: string, method: string, path: string, wanted: number, body?: unknown) {
  const began = performance.now()
  const answer = await group.ask(worker, method, path, body)
  answers++
  if (answer.status === wanted) return answer.body
  const ms = Math.round(performance.now() - began)
  const said = JSON.stringify(answer.body)
  complaints.push(
    `${method} ${path} of ${worker}: ${answer.status} instead of ${wanted} after ${ms} ms: ${said}`,
  )
  return null
}

/** One connector's life, one request right after the other, each through the worker that was not asked before. */
async function live(name: string, first: string): Promise<void> {
  let worker = first
  const next = () => {
    worker = ASKED.find(other => other !== worker)!
    return worker
  }
  const at = `/connectors/${name}`
  const config = {
    'connector.class': 'org.apache.kafka.connect.tools.VerifiableSourceConnector',
    'tasks.max': '2',
    topic: `${group.name}-numbers`,
    throughput: '1',
  }
  await ask(worker, 'POST', '/connectors', 201, { name, config })
  await ask(worker, 'GET', `${at}/status`, 200)
  await ask(next(), 'GET', `${at}/status`, 200)
  await ask(worker, 'GET', `${at}/tasks`, 200)
  const replaced = { ...config, 'tasks.max': '1' }
  await ask(worker, 'PUT', `${at}/config`, 200, replaced)
  expect(await ask(next(), 'GET', `${at}/config`, 200)).toEqual({ ...replaced, name })
  await ask(worker, 'PUT', `${at}/pause`, 202)
  await ask(next(), 'GET', `${at}/status`, 200)
  await ask(worker, 'POST', `${at}/restart?includeTasks=true`, 202)
  await ask(next(), 'PUT', `${at}/resume`, 202)
  await ask(worker, 'POST', `${at}/restart`, 204)
  const tasks = (await ask(next(), 'GET', `${at}/tasks`, 200)) as { id: { task: number } }[]
  if (tasks.length > 0) await ask(next(), 'POST', `${at}/tasks/0/restart`, 204)
  await ask(next(), 'PUT', `${at}/stop`, 204)
  const { connector } = (await ask(next(), 'GET', `${at}/status`, 200)) as ConnectorStatus
  expect(connector.state).not.toBe('FAILED')
  expect(await ask(next(), 'GET', '/connectors', 200)).toContain(name)
  await ask(worker, 'DELETE', at, 204)
  // The status, as in Java, is there until the leader has removed it.
  await ask(worker, 'GET', `${at}/config`, 404)
  await ask(next(), 'GET', at, 404)
  expect(await ask(worker, 'GET', '/connectors', 200)).not.toContain(name)
}

test(
  `${RUNS} times: ten connectors made, read, replaced, paused, restarted and deleted at once while a worker joins or leaves`,
  async () => {
    for (let run = 0; run < RUNS; run++) {
      const isJoining = run % 2 === 0
      await Promise.all([
        isJoining ? group.start('c', 'bunnect') : group.stop('c'),
        ...Array.from({ length: AT_ONCE }, async (_, i) => {
          // All over the time that the other one takes to come or go.
          await Bun.sleep(i * (isJoining ? 150 : 40))
          await live(`run-${run}-${i}x`, ASKED[i % 2]!)
        }),
      ])
      expect(complaints).toEqual([])
    }
    expect(answers).toBeGreaterThan(RUNS * AT_ONCE * 15)
    if (group.awake.includes('c')) await group.stop('c')
    expect(await group.settled()).toEqual({ a: [], b: [] })
  },
  RUNS * 30_000,
)

/**
 * REST through any worker of a group of two of ours (b, c) and the JVM's (j): what only the leader or the owner can do
 * gets there, and the answer is that of whoever was asked directly. First one of ours leads, then the JVM's.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ground } from '../../servers/ground.ts'
import { isTask } from '../../servers/group-view.ts'
import { until } from '../../servers/run.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'
import { idleSink } from './idle-sink.ts'

const { group: newGroup } = ground()
const everyone = ['b', 'c', 'j']

let group: WorkerGroup

beforeAll(async () => {
  group = newGroup('requests')
  await group.probe.create(`${group.name}-none`, 4)
  await group.start('b', 'bunnect')
  await Promise.all([group.start('c', 'bunnect'), group.start('j', 'jvm')])
  await until('b to lead', async () => (await group.leader()) === 'b', 90_000)
}, 300_000)

/** An answer without what names the worker that was asked and the connector. */
interface Answer {
  status: number
  body: unknown
  location: string | null
}

describe.each(['b', 'j'])('%s leads', leader => {
  beforeAll(async () => {
    if (leader === 'b') return
    // The JVM's is the only one that stays, and so the first of the group from now on.
    await group.stop('b')
    await group.stop('c')
    await group.settled()
    await group.start('b', 'bunnect')
    await group.start('c', 'bunnect')
    await until('j to lead', async () => (await group.leader()) === 'j', 90_000)
  }, 300_000)

  test('every request through every worker has the answer of the leader', async () => {
    const told: Record<string, Record<string, Answer>> = {}
    for (const via of everyone) told[via] = await life(via, `${leader}${via}`)
    for (const via of everyone) expect({ via, ...told[via] }).toEqual({ via, ...told[leader]! })
    expect(Object.values(told[leader]!).map(({ status }) => status)).not.toContain(500)
  }, 300_000)

  describe('with work on all of them', () => {
    const names = ['t1', 't2', 't3', 't4', 't5', 't6'].map(name => `${leader}-${name}`)

    beforeAll(async () => {
      for (const [i, name] of names.entries())
        await group.body(everyone[i % 3]!, 'POST', '/connectors', { name, config: idleSink(group, name, 2) })
      await until('all tasks', async () => {
        const configured = await group.configured()
        return names.every(name => configured.includes(`${name}-1`))
      })
      await group.settled()
    }, 300_000)
    afterAll(async () => {
      for (const name of names) await group.body('b', 'DELETE', `/connectors/${name}`)
      await group.settled()
    }, 300_000)

    test('connectors and tasks are restarted by their owners, whoever is asked', async () => {
      const holdings = await group.settled()
      const runs = async () => {
        const counts = new Map<string, number>()
        for (const { key, value } of await group.entries('statuses')) {
          const item = /^status-(?:connector|task)-(.*)$/.exec(key ?? '')?.[1]
          if (item === undefined || value === null) continue
          const { state, worker_id } = JSON.parse(value)
          const by = `${item} by ${group.nameOf(worker_id)}`
          if (state === 'RUNNING') counts.set(by, (counts.get(by) ?? 0) + 1)
        }
        return counts
      }
      for (const owner of everyone) {
        const connector = holdings[owner]!.find(item => !isTask(item))!
        const task = holdings[owner]!.find(isTask)!
        for (const via of everyone) {
          const before = await runs()
          const restart = async (path: string) =>
            expect([via, owner, path, (await group.ask(via, 'POST', path)).status]).toEqual([
              via,
              owner,
              path,
              204,
            ])
          await restart(`/connectors/${connector}/restart`)
          await restart(`/connectors/${task.replace(/-(\d+)$/, '/tasks/$1')}/restart`)
          await until(`${connector} and ${task} of ${owner} to be restarted through ${via}`, async () => {
            const after = await runs()
            return [connector, task].every(item => {
              const by = `${item} by ${owner}`
              return (after.get(by) ?? 0) > (before.get(by) ?? 0)
            })
          })
        }
      }
      expect(await group.settled()).toEqual(holdings)
    }, 300_000)

    test('task configurations reach the leader from every owner', async () => {
      for (const tasks of [1, 3]) {
        for (const [i, name] of names.entries())
          await group.body(
            everyone[(i + 1) % 3]!,
            'PUT',
            `/connectors/${name}/config`,
            idleSink(group, name, tasks),
          )
        await until(`${tasks} tasks of each`, async () => {
          const configured = await group.configured()
          return names.every(name => configured.filter(item => item.startsWith(`${name}-`)).length === tasks)
        })
        const holdings = await group.settled()
        // The balance of the group: there is an owner on either side.
        for (const worker of everyone)
          expect([worker, holdings[worker]!.filter(item => !isTask(item)).length]).toEqual([worker, 2])
      }
    }, 300_000)

    test('a restart with flags is carried out by all owners', async () => {
      const holdings = await group.settled()
      for (const [i, via] of everyone.entries()) {
        const name = names[i]!
        const items = [name, `${name}-0`, `${name}-1`, `${name}-2`]
        const before = (await group.entries('statuses')).length
        const { status, body } = await group.ask(via, 'POST', `/connectors/${name}/restart?includeTasks=true`)
        expect(status).toBe(202)
        const { connector, tasks } = body as { connector: { state: string }; tasks: { state: string }[] }
        expect([connector, ...tasks].map(({ state }) => state)).toEqual(items.map(() => 'RESTARTING'))
        await until(`${items} to be restarted through ${via}`, async () => {
          const told = (await group.entries('statuses')).slice(before)
          return items.every(item =>
            told.some(
              ({ key, value }) =>
                key?.endsWith(`-${item}`) && value !== null && JSON.parse(value).state === 'RUNNING',
            ),
          )
        })
      }
      expect(await group.settled()).toEqual(holdings)
    }, 300_000)
  })

  test('tasks that are configured no more leave no status, whoever ran them', async () => {
    const name = `${leader}-fewer`
    const statuses = async () => {
      const { body } = await group.ask('b', 'GET', `/connectors/${name}/status`)
      return ((body as { tasks?: { state: string }[] }).tasks ?? []).map(({ state }) => state)
    }
    const change = async (tasks: number) => {
      await group.body('b', 'PUT', `/connectors/${name}/config`, idleSink(group, name, tasks))
      await until(`${tasks} tasks of ${name}`, async () => {
        const told = await statuses()
        if (told.join() === Array(tasks).fill('RUNNING').join()) return true
        throw new Error(`They are ${told}`)
      })
    }
    for (let round = 0; round < 5; round++) {
      await change(6)
      await change(1)
    }
    await group.body('b', 'DELETE', `/connectors/${name}`)
    await group.settled()
    await until(`no status of ${name}`, async () => (await statuses()).length === 0)
  }, 300_000)

  test('a level for the cluster reaches every worker', async () => {
    for (const via of everyone) {
      const logger = `cluster.of.${leader}.${via}`
      const before = (await group.entries('configs')).length
      const answer = await group.ask(via, 'PUT', `/admin/loggers/${logger}?scope=cluster`, { level: 'TRACE' })
      expect([via, answer.status, answer.body]).toEqual([via, 204, null])
      // The JVM's worker logs here by a library whose levels cannot be seen; ours show what they have read.
      for (const worker of ['b', 'c'])
        await until(`the level of ${logger} on ${worker}`, async () => {
          const { body } = await group.ask(worker, 'GET', `/admin/loggers/${logger}`)
          return (body as { level?: string }).level === 'TRACE'
        })
      const written = (await group.entries('configs')).slice(before)
      expect(written.map(({ key, value }) => [key, value])).toEqual([
        [`logger-cluster-${logger}`, '{"level":"TRACE"}'],
      ])
    }
  }, 300_000)
})

/** The life of one connector by requests to one worker: each answer under its name. */
async function life(via: string, name: string): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {}
  const path = `/connectors/${name}`
  const config = idleSink(group, name, 2)
  const shown = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, part) => {
        if (key === 'worker_id') return 'w'
        // Of what has just ended nobody knows it, and it begins again when the answer to a restart has been given.
        if (key === 'version') return null
        if (key === 'tasks' && Array.isArray(part)) return part.toSorted((a, b) => a.id - b.id)
        if (typeof part !== 'string') return part
        return part.replaceAll(group.idOf(via), 'ASKED').replaceAll(new RegExp(`\\b${name}`, 'g'), 'NAME')
      }),
    )
  const ask = async (what: string, method: string, rest: string, body?: unknown) => {
    const answer = await group.ask(via, method, rest, body)
    const location = shown(answer.headers.get('location')) as string | null
    answers[what] = { status: answer.status, body: shown(answer.body), location }
  }
  /** Until the worker that is asked shows it: the JVM's followers read later what the leader has written. */
  const states = (connector: string, tasks: string[]) =>
    until(`${name} to be ${connector} ${tasks} on ${via}`, async () => {
      const { status, body } = await group.ask(via, 'GET', `${path}/status`)
      const told = body as { connector: { state: string }; tasks: { state: string }[] }
      const is = status === 200 ? [told.connector, ...told.tasks].map(({ state }) => state) : []
      if (is.join() === [connector, ...tasks].join()) return true
      throw new Error(`It is ${JSON.stringify(body)}`)
    })
  const configured = (key: string, value: string | undefined) =>
    until(`${key} of ${name} on ${via}`, async () => {
      const { body } = await group.ask(via, 'GET', `${path}/config`)
      return (body as Record<string, string>)[key] === value
    })
  const taskCount = (count: number) =>
    until(`${count} tasks of ${name}`, async () => {
      const { body } = await group.ask(via, 'GET', path)
      return (body as { tasks: object[] }).tasks.length === count
    })

  await ask('restart of what is not there', 'POST', `${path}/restart`)
  await ask('restart with tasks of what is not there', 'POST', `${path}/restart?includeTasks=true`)
  await ask('restart of a task of what is not there', 'POST', `${path}/tasks/0/restart`)
  await ask('stop of what is not there', 'PUT', `${path}/stop`)
  await ask('pause of what is not there', 'PUT', `${path}/pause`)
  await ask('patch of what is not there', 'PATCH', `${path}/config`, { a: 'b' })
  await ask('delete of what is not there', 'DELETE', path)
  await ask('create what is wrong', 'POST', '/connectors', { name, config: { ...config, 'tasks.max': 'x' } })
  await ask('create', 'POST', '/connectors', { name, config })
  await states('RUNNING', ['RUNNING', 'RUNNING'])
  await ask('create again', 'POST', '/connectors', { name, config })
  await ask('replace', 'PUT', `${path}/config`, { ...config, extra: '1' })
  await configured('extra', '1')
  await ask('patch', 'PATCH', `${path}/config`, { extra: null, more: '2', 'tasks.max': '1' })
  await configured('more', '2')
  await taskCount(1)
  await states('RUNNING', ['RUNNING'])
  await ask('pause', 'PUT', `${path}/pause`)
  await states('PAUSED', ['PAUSED'])
  await ask('resume', 'PUT', `${path}/resume`)
  await states('RUNNING', ['RUNNING'])
  await ask('restart', 'POST', `${path}/restart`)
  // It changes nothing, and tells what the leader has read.
  await until('the leader to have read that all run', async () => {
    await ask('restart what has failed', 'POST', `${path}/restart?includeTasks=true&onlyFailed=true`)
    return !/UNASSIGNED|RESTARTING/.test(JSON.stringify(answers['restart what has failed']))
  })
  await ask('restart with tasks', 'POST', `${path}/restart?includeTasks=true`)
  await states('RUNNING', ['RUNNING'])
  await ask('restart a task', 'POST', `${path}/tasks/0/restart`)
  await ask('restart a task that is not there', 'POST', `${path}/tasks/7/restart`)
  await states('RUNNING', ['RUNNING'])
  await ask('stop', 'PUT', `${path}/stop`)
  await taskCount(0)
  await states('STOPPED', [])
  await ask('resume what was stopped', 'PUT', `${path}/resume`)
  await states('RUNNING', ['RUNNING'])
  await ask('delete', 'DELETE', path)
  await until(`${name} to be gone on ${via}`, async () => (await group.ask(via, 'GET', path)).status === 404)
  // A JVM worker that reads of the end and of a new beginning at once goes on with what it had, and makes no tasks.
  await group.settled()
  await ask('create by PUT', 'PUT', `${path}/config`, config)
  await states('RUNNING', ['RUNNING', 'RUNNING'])
  await ask('delete what PUT made', 'DELETE', path)
  await group.settled()
  return answers
}

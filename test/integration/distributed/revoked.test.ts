/** What is told of work that a round has taken away, and that has not ended yet. */
import { expect, test } from 'bun:test'
import { eachWithMembers } from './each-test.ts'
import { type Member, type Members, patient } from './members.ts'
import { until } from './workers.ts'

let members: Members
eachWithMembers(fresh => {
  members = fresh
})

/** Of the group, as this worker knows it. */
async function generationAt({ url }: Member): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text()
  return Number(/^kafka_connect\S*_epoch\S* (\d+)/m.exec(page)![1])
}

test('what another worker tells of it is not contradicted, and what it tells of work that has stayed is', async () => {
  const { marks, cluster } = members
  const slow = patient({ 'task.shutdown.graceful.timeout.ms': '60000' })
  const tasks = [0, 1, 2, 3, 4, 5].map(task => `s-${task}`)
  const a = await members.start(slow)
  await a.ask('PUT', '/connectors/s/config', members.config(tasks.length))
  await members.running({ s: tasks.length })
  const { promise, resolve } = Promise.withResolvers<void>()
  marks.mayEnd = promise
  try {
    await members.start(slow)
    await until('half of them to be told to end', () => marks.ending.size === 3)
    const generation = await generationAt(a)
    const told = { state: 'UNASSIGNED', trace: null, worker_id: 'other:8083', generation, version: null }
    await cluster.write(
      'statuses',
      tasks.map(task => [`status-task-${task}`, JSON.stringify(told)]),
    )
    const contradicted = await until('a contradiction of each that has stayed', async () => {
      const records = await cluster.records('statuses', 5)
      const found = records.flatMap(({ key, value }) => {
        const status = JSON.parse(value!)
        const isLate = status.worker_id === a.id && status.generation === generation
        return isLate && key.startsWith('status-task-') ? [key.slice('status-task-'.length)] : []
      })
      return found.length >= 3 ? found : null
    })
    expect(contradicted!.toSorted()).toEqual(tasks.filter(task => !marks.ending.has(task)))
    const shown = (await a.status('s'))!.tasks.filter(({ worker_id }) => worker_id === 'other:8083')
    expect(shown.map(({ id, state }) => `s-${id} ${state}`)).toEqual(
      [...marks.ending].toSorted().map(task => `${task} UNASSIGNED`),
    )
  } finally {
    resolve()
  }
  await members.running({ s: tasks.length })
}, 120_000)

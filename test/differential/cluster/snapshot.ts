import { expect } from 'bun:test'
import { isDeepStrictEqual } from 'node:util'
import { until } from '../../servers/run.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'

/** Waits until all workers that are awake tell the same; fails with what they tell differently. */
export async function sameEverywhere(group: WorkerGroup): Promise<void> {
  let told: unknown[] = []
  const isSame = until('all workers to tell the same', async () => {
    told = await Promise.all(group.awake.map(worker => snapshot(group, worker)))
    return told.every(one => isDeepStrictEqual(one, told[0]))
  })
  await isSame.catch(() => {
    for (const other of told.slice(1)) expect(other).toEqual(told[0])
  })
}

/** All that one worker tells over REST of the connectors of its group: what it has read of the internal topics. */
async function snapshot(group: WorkerGroup, worker: string): Promise<unknown> {
  const all = (await group.body(worker, 'GET', '/connectors?expand=info&expand=status')) as Record<
    string,
    { info: { tasks: object[] }; status: { tasks: { id: number }[] } }
  >
  const names = Object.keys(all).sort()
  const connectors = await Promise.all(
    names.map(async name => {
      const path = `/connectors/${encodeURIComponent(name)}`
      const of = (what: string) => group.body(worker, 'GET', `${path}${what}`)
      const { info, status } = all[name]!
      const topics = (await of('/topics')) as Record<string, { topics: string[] }>
      return {
        info,
        // Neither side sorts what it has read of the status topic.
        status: { ...status, tasks: status.tasks.toSorted((a, b) => a.id - b.id) },
        config: await of('/config'),
        tasks: await of('/tasks'),
        topics: topics[name]?.topics.toSorted(),
      }
    }),
  )
  return {
    names,
    listed: ((await group.body(worker, 'GET', '/connectors')) as string[]).toSorted(),
    connectors,
  }
}

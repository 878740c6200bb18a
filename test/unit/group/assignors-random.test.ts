import { describe, expect, test } from 'bun:test'
import { Cluster, itemsOf } from './assignors-cluster.ts'

type Below = (below: number) => number

function random(seed: number): Below {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Everything runs once, where it can, and nobody has so much that another one should have some of it. */
function expectSettled(cluster: Cluster): void {
  const holders = cluster.holders()
  expect([...holders.keys()].sort()).toEqual(cluster.items().sort())
  const ids = [...cluster.members.keys()]
  for (const [item, [holder, ...others]] of holders) {
    expect({ item, others }).toEqual({ item, others: [] })
    const able = ids.filter(id => !cluster.isUnable(id, item))
    if (able.length > 0) expect(able).toContain(holder!)
  }
  const isTask = (item: string) => item.includes('/')
  // The eager protocol makes no difference between connectors and tasks.
  const kinds = cluster.protocol === 'eager' ? [() => true] : [isTask, (item: string) => !isTask(item)]
  for (const isOfKind of kinds) {
    const ofKind = (id: string) => itemsOf(cluster.held(id)).filter(isOfKind)
    const sizes = new Map(ids.map(id => [id, ofKind(id).length]))
    for (const id of ids) {
      for (const item of ofKind(id)) {
        const able = ids.filter(other => !cluster.isUnable(other, item))
        const lowest = Math.min(...(able.length > 0 ? able : ids).map(other => sizes.get(other)!))
        if (sizes.get(id)! - lowest > 1) throw new Error(`${id} has ${item} and ${[...sizes]}`)
      }
    }
  }
}

function happen(cluster: Cluster, next: Below, serial: number, withUnable: boolean): string {
  const ids = [...cluster.members.keys()]
  const names = [...cluster.configured.keys()]
  const any = <T>(list: readonly T[]): T => list[next(list.length)]!
  const some = () => names.filter(() => next(3) === 0)
  switch (next(withUnable ? 8 : 7)) {
    case 0:
    case 1:
      cluster.join(`m${serial}`, withUnable && next(2) === 0 ? some() : [])
      return 'join'
    case 2: {
      if (ids.length < 2) return 'nothing'
      cluster.members.delete(any(ids))
      return 'crash'
    }
    case 3: {
      if (ids.length < 2) return 'nothing'
      const id = any(ids.filter(one => one !== cluster.leaderId))
      cluster.leader.release(cluster.members.get(id)!.url, cluster.held(id))
      cluster.members.delete(id)
      return 'release'
    }
    case 4:
    case 5:
      cluster.configured.set(`c${next(12)}`, next(8))
      return 'connector'
    case 6:
      if (names.length > 0) cluster.configured.delete(any(names))
      return 'delete'
    default:
      cluster.members.get(any(ids))!.unable = some()
      return 'unable'
  }
}

for (const withUnable of [false, true]) {
  describe(withUnable ? 'with members that lack classes' : 'with members that are alike', () => {
    for (let seed = 1; seed <= 60; seed++) {
      test(`seed ${seed}`, () => {
        const next = random(seed * 7919)
        const cluster = new Cluster([300_000, 60_000, 0][seed % 3])
        if (seed % 10 === 0) cluster.protocol = 'eager'
        cluster.join('m0')
        for (let event = 1; event <= 25; event++) {
          const what = happen(cluster, next, event, withUnable)
          if (cluster.protocol === 'eager') {
            cluster.round()
            expectSettled(cluster)
            continue
          }
          cluster.revocations.clear()
          const delay = [...cluster.round().values()][0]!.delayMs
          // What was handed over waits for nobody.
          if (what === 'release') expect(delay).toBe(0)
          expect(cluster.settle()).toBeLessThanOrEqual(5)
          // Nothing goes to and fro.
          expect(Math.max(0, ...cluster.revocations.values())).toBeLessThanOrEqual(1)
          expectSettled(cluster)
          const before = cluster.holders()
          cluster.round()
          expect(cluster.holders()).toEqual(before)
        }
      })
    }
  })
}

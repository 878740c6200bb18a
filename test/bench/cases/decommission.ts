import type { BenchCase } from '../case.ts'
import { BenchGroup, HEARTBEAT_MS } from '../group.ts'

const SOURCES = 4
const DEFAULT_DELAY_MS = 300_000
/** What the JVM is made to wait here instead of its default, which is added afterwards. */
const JVM_DELAY_MS = 5000

export const decommission: BenchCase = {
  name: 'decommission',
  about: `one of two workers leaves on purpose, default delay, until all its sources send again (reach ${HEARTBEAT_MS + 1000} ms; the JVM: SIGTERM with a delay of ${JVM_DELAY_MS / 1000} s, to which the rest of 5 minutes is added)`,
  unit: 'ms',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender, round) {
    const isJvm = contender === 'jvm'
    const keys: Record<string, string> = isJvm
      ? { 'scheduled.rebalance.max.delay.ms': String(JVM_DELAY_MS) }
      : {}
    const group = new BenchGroup(bench, contender, `decommission-${round}`, keys)
    try {
      const stays = await group.start()
      const leaves = await group.start()
      for (let i = 0; i < SOURCES; i++) await group.create(group.source(`source-${i}`))
      const statuses = await group.balanced(SOURCES, [stays, leaves])
      const sources = group.tasksOn(leaves, statuses)
      await group.firstRecords(sources, 0)
      const asked = Date.now()
      if (isJvm) await leaves.stop()
      else {
        const answer = await leaves.fetch('/bunnect/decommission', { method: 'POST' })
        if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
      }
      const answered = Date.now()
      // Everything has been stopped by now: what comes is new.
      const back = await group.firstRecords(sources, await bench.probe.endOffset(group.topic))
      const added = isJvm ? DEFAULT_DELAY_MS - JVM_DELAY_MS : 0
      return {
        figure: back - asked + added,
        ...group.cost([stays]),
        also: { 'ms until it has stopped': answered - asked },
      }
    } finally {
      await group.close()
    }
  },
}

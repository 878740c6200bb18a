import { existsSync, statSync } from 'node:fs'
import { until } from '../../servers/run.ts'
import type { BenchCase } from '../case.ts'
import { BenchGroup, HEARTBEAT_MS, quickGroup, SESSION_MS } from '../group.ts'

const SOURCES = 3

export const takeover: BenchCase = {
  name: 'takeover',
  about: `SIGKILL of one of two workers, delay 0, until its sources send again (reach ${SESSION_MS + HEARTBEAT_MS + 1000} ms)`,
  unit: 'ms',
  contenders: ['jvm', 'bunnect'],
  countsRecords: false,
  async run(bench, contender, round) {
    const group = new BenchGroup(bench, contender, `takeover-${round}`, quickGroup)
    try {
      const one = await group.start()
      const two = await group.start()
      const sink = group.sink('sink')
      for (let i = 0; i < SOURCES; i++) await group.create(group.source(`source-${i}`))
      await group.create(sink.config)
      const statuses = await group.balanced(SOURCES + 1, [one, two])
      await group.firstRecords(
        Array.from({ length: SOURCES }, (_, i) => `source-${i}`),
        0,
      )
      await until('lines in the sink file', () => existsSync(sink.file) && statSync(sink.file).size > 0)
      // The one with the sink's task, which is also given sources.
      const [victim, other] = group.tasksOn(one, statuses).includes('sink') ? [one, two] : [two, one]
      const sources = group.tasksOn(victim, statuses).filter(name => name !== 'sink')
      // What it had under way is in the topic a moment later.
      await victim.kill()
      const killed = Date.now()
      await Bun.sleep(200)
      const from = await bench.probe.endOffset(group.topic)
      const bytes = statSync(sink.file).size
      const sinkBack = until(
        'the sink to go on',
        () => statSync(sink.file).size > bytes && Date.now(),
        400_000,
        10,
      )
      const back = await group.firstRecords(sources, from)
      const sinkAfter = (await sinkBack) - killed
      return {
        figure: back - killed,
        ...group.cost([other]),
        also: { 'ms until the sink goes on': sinkAfter },
      }
    } finally {
      await group.close()
    }
  },
}

/** A sink whose tasks are split over a JVM worker and one of ours, in one Connect cluster. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { GroupProbe, ORDERS } from '../../servers/consumer-group.ts'
import { ground } from '../../servers/ground.ts'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'
import type { Life } from './account.ts'
import { finalAccount } from './final-account.ts'
import { NumberedPartitions } from './numbered-partitions.ts'
import { Printed } from './printed.ts'
import { CONNECTOR, QUICK, verifiableSinks } from './sink-side.ts'

const TASKS = 4
const PARTITIONS = 8

const { group: newGroup } = ground()
let groups: GroupProbe
let env: Record<string, string>

beforeAll(async () => {
  env = await verifiableSinks()
})
afterAll(async () => {
  await groups?.close()
})

test.each(ORDERS)(
  '%s leads first, then %s: four tasks, some of each; each record is put once until a worker is killed',
  async (one, other) => {
    const group = newGroup(`sinks-${one}`)
    groups ??= new GroupProbe(group.bootstrap)
    const sink = `${group.name}.sink`
    const records = new NumberedPartitions(group.bootstrap, sink, PARTITIONS)
    // A JVM that was stuck in its stop has committed nothing.
    const stop = async (side: Side) => {
      const code = await group.stop(side)
      if (side === 'jvm' && code === 137) lives.findLast(life => life.side === side)!.lossy = true
    }
    const lives: { side: Side; printed: Printed; lossy: boolean }[] = []
    const given = () =>
      Promise.all(
        lives.map(
          async ({ side, printed, lossy }, i): Promise<Life> => ({
            name: `${side}-${i}`,
            lossy,
            puts: await printed.puts(sink),
          }),
        ),
      )
    const start = async (side: Side) => {
      const { dir } = await group.start(side, side, {}, env)
      lives.push({ side, printed: new Printed(join(dir, 'worker.out')), lossy: false })
    }
    /** How many of the tasks each of these holds; all partitions are being read. */
    const goingOn = async (...sides: Side[]) => {
      // Of a connector that is new the group knows no task yet.
      await groups.settled(`connect-${sink}`, TASKS, PARTITIONS)
      const holdings = await group.settled()
      await groups.settled(`connect-${sink}`, TASKS, PARTITIONS)
      const from = records.written
      await until(`records from ${from} on of every partition`, async () => {
        const all = await Promise.all(lives.map(({ printed }) => printed.puts(sink)))
        const read = new Set(
          all
            .flat()
            .filter(({ offset }) => offset >= from)
            .map(p => p.partition),
        )
        return read.size === PARTITIONS
      })
      return sides.map(side => holdings[side]!.filter(item => item !== sink).length)
    }
    try {
      await records.begin()
      await start(one)
      await group.body(one, 'POST', '/connectors', {
        name: sink,
        config: { ...CONNECTOR, ...QUICK, topics: sink, 'tasks.max': String(TASKS) },
      })
      expect(await goingOn(one)).toEqual([4])
      const written = await group.entries('configs')
      await start(other)
      expect(await goingOn(one, other)).toEqual([2, 2])
      await stop(one)
      expect(await goingOn(other)).toEqual([4])
      await start(one)
      expect(await goingOn(one, other)).toEqual([2, 2])
      await stop(one)
      expect(await goingOn(other)).toEqual([4])
      await start(one)
      expect(await goingOn(one, other)).toEqual([2, 2])
      lives.findLast(({ side }) => side === other)!.lossy = true
      await group.kill(other)
      expect(await goingOn(one)).toEqual([4])
      expect(await group.entries('configs')).toEqual(written)
      const ends = await records.stop()
      const { again: _, ...wrong } = await finalAccount(ends, given)
      expect(wrong).toEqual({ lost: [], twice: [], unordered: [] })
    } finally {
      await records.close()
    }
  },
  300_000,
)

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { GroupProbe, ORDERS } from '../../servers/consumer-group.ts'
import { serversFolder, sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { account } from './account.ts'
import { NumberedPartitions } from './numbered-partitions.ts'
import { CONNECTOR, QUICK, SinkSide } from './sink-side.ts'

const PARTITIONS = 6
const folder = join(serversFolder(), `sink-groups-${process.pid}`)

let broker: Awaited<ReturnType<typeof sharedBroker>>
let groups: GroupProbe

beforeAll(async () => {
  broker = await sharedBroker()
  groups = new GroupProbe(broker.bootstrap)
}, 300_000)

afterAll(async () => {
  await groups?.close()
  await broker?.stop()
  if (!process.env['DBG']) rmSync(folder, { recursive: true, force: true })
}, 300_000)

describe('two workers share the consumer group of a sink', () => {
  test.each(ORDERS)(
    '%s first, then %s: one ends and comes back, the other one too, then one is killed',
    async (one, other) => {
      const name = `split-${one}-${process.pid}`
      const records = new NumberedPartitions(broker.bootstrap, name, PARTITIONS)
      const first = new SinkSide(one, broker.bootstrap, join(folder, one))
      const second = new SinkSide(other, broker.bootstrap, join(folder, one))
      const connector = { ...CONNECTOR, ...QUICK, name, topics: name }
      const group = `connect-${name}`
      const bothTake = async () => {
        await groups.settled(group, 4, PARTITIONS)
        const from = records.written
        await Promise.all([first.takes(name, from), second.takes(name, from)])
      }
      const aloneTakes = async (side: SinkSide) => {
        await groups.settled(group, 2, PARTITIONS)
        await side.takes(name, records.written)
      }
      try {
        await records.begin()
        await first.start([connector])
        await aloneTakes(first)
        await second.start([connector])
        await bothTake()
        await second.stop()
        await aloneTakes(first)
        await second.start([connector])
        await bothTake()
        await first.stop()
        await aloneTakes(second)
        await first.start([connector])
        await bothTake()
        await second.kill()
        await aloneTakes(first)
        const ends = await records.stop()
        const whole = async () => account(ends, [...(await first.lives(name)), ...(await second.lives(name))])
        await until('every record', async () => (await whole()).lost.length === 0).catch(() => null)
        await first.stop()
        const { again, ...wrong } = await whole()
        // What the killed worker had put last.
        expect(again).toBeLessThan(ends.reduce((sum, end) => sum + end))
        expect(wrong).toEqual({ lost: [], twice: [], unordered: [] })
      } finally {
        await records.close()
        await Promise.all([first.close(), second.close()])
      }
    },
    300_000,
  )
})

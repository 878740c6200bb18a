import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { GroupProbe, ORDERS, type Order } from '../../servers/consumer-group.ts'
import { serversFolder, sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'
import { account } from './account.ts'
import { NumberedPartitions } from './numbered-partitions.ts'
import { CONNECTOR, QUICK, SinkSide } from './sink-side.ts'

const PARTITIONS = 6
const folder = join(serversFolder(), `sink-strategies-${process.pid}`)

const strategy = (...names: string[]) => ({
  ...QUICK,
  'consumer.override.partition.assignment.strategy': names
    .map(name => `org.apache.kafka.clients.consumer.${name}Assignor`)
    .join(','),
})

interface Case {
  name: string
  /** the assignor that members of both sides settle on; null where the broker assigns */
  protocol: string | null
  config: Record<Side, Record<string, string>>
}
const both = (config: Record<string, string>) => ({ jvm: config, bunnect: config })

const cases: Case[] = [
  { name: 'default', protocol: 'range', config: both(QUICK) },
  { name: 'range', protocol: 'range', config: both(strategy('Range')) },
  { name: 'roundrobin', protocol: 'roundrobin', config: both(strategy('RoundRobin')) },
  { name: 'sticky', protocol: 'sticky', config: both(strategy('Sticky')) },
  { name: 'cooperative', protocol: 'cooperative-sticky', config: both(strategy('CooperativeSticky')) },
  {
    name: 'cooperative-or-range',
    protocol: 'cooperative-sticky',
    config: both(strategy('CooperativeSticky', 'Range')),
  },
  {
    name: 'jvm-cooperative',
    protocol: 'cooperative-sticky',
    config: { jvm: strategy('CooperativeSticky'), bunnect: QUICK },
  },
  {
    name: 'bunnect-cooperative',
    protocol: 'cooperative-sticky',
    config: { jvm: QUICK, bunnect: strategy('CooperativeSticky') },
  },
  { name: 'kip-848', protocol: null, config: both({ 'consumer.override.group.protocol': 'consumer' }) },
]

let broker: Awaited<ReturnType<typeof sharedBroker>>
let groups: GroupProbe
let sides: Record<Side, SinkSide>

beforeAll(async () => {
  broker = await sharedBroker()
  groups = new GroupProbe(broker.bootstrap)
  sides = {
    jvm: new SinkSide('jvm', broker.bootstrap, folder),
    bunnect: new SinkSide('bunnect', broker.bootstrap, folder),
  }
  await Promise.all([sides.jvm.start(), sides.bunnect.start()])
}, 120_000)

afterAll(async () => {
  await Promise.all([sides?.jvm.close(), sides?.bunnect.close(), groups?.close()])
  await broker?.stop()
  if (!process.env['DBG']) rmSync(folder, { recursive: true, force: true })
}, 60_000)

describe('members come and go in order: each record is put once, in order', () => {
  test.each(cases)(
    '$name',
    async ({ name, protocol, config }) => {
      await Promise.all(ORDERS.map(order => comeAndGo(`${name}-${order[0]}-first-${process.pid}`, order)))

      async function comeAndGo(connector: string, order: Order): Promise<void> {
        const records = new NumberedPartitions(broker.bootstrap, connector, PARTITIONS)
        const [first, second] = [sides[order[0]], sides[order[1]]]
        const path = `/connectors/${connector}`
        const settled = async (...taking: SinkSide[]) => {
          const members = taking.length * 2
          const group = protocol && (await groups.settled(`connect-${connector}`, members, PARTITIONS))
          if (group) expect(group.protocolType).toBe('consumer')
          if (group && taking.length === 2) expect(group.protocol).toBe(protocol!)
          const from = records.written
          await allTaken(connector, from)
          await Promise.all(taking.map(side => side.takes(connector, from)))
        }
        const create = (side: SinkSide) =>
          side.request('PUT', `${path}/config`, {
            ...CONNECTOR,
            ...config[side.side],
            name: connector,
            topics: connector,
          })
        try {
          await records.begin()
          await create(first)
          await settled(first)
          await create(second)
          await settled(first, second)
          await second.request('PUT', `${path}/stop`)
          await settled(first)
          await second.request('PUT', `${path}/resume`)
          await settled(first, second)
          await first.request('PUT', `${path}/stop`)
          await settled(second)
          await first.request('PUT', `${path}/resume`)
          await settled(first, second)
          const ends = await records.stop()
          const whole = async () =>
            account(ends, [...(await first.lives(connector)), ...(await second.lives(connector))])
          await until('every record', async () => (await whole()).lost.length === 0).catch(() => null)
          expect(await whole()).toEqual({ lost: [], twice: [], unordered: [], again: 0 })
        } finally {
          await records.close()
          await Promise.allSettled([first, second].map(side => side.request('DELETE', path)))
        }
      }
    },
    180_000,
  )
})

/** Waits until somebody has taken a record of an offset of `from` or more from every partition. */
async function allTaken(connector: string, from: number): Promise<void> {
  await until(`records of ${connector} from ${from} on of every partition`, async () => {
    const lives = [...(await sides.jvm.lives(connector)), ...(await sides.bunnect.lives(connector))]
    const taken = new Set(
      lives.flatMap(({ puts }) => puts.filter(({ offset }) => offset >= from).map(p => p.partition)),
    )
    return taken.size === PARTITIONS
  })
}

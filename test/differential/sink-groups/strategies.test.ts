import { describe, expect, test } from 'bun:test'
import { ORDERS, type Order } from '../../servers/consumer-group.ts'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'
import { finalAccount } from './final-account.ts'
import { NumberedPartitions } from './numbered-partitions.ts'
import { runningSides } from './running-sides.ts'
import { CONNECTOR, QUICK, type SinkSide } from './sink-side.ts'

const PARTITIONS = 6

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

const sides = runningSides('sink-strategies')

describe('members come and go in order: each record is put once, in order', () => {
  test.each(cases)(
    '$name',
    async ({ name, protocol, config }) => {
      await Promise.all(ORDERS.map(order => comeAndGo(`${name}-${order[0]}-first-${process.pid}`, order)))

      async function comeAndGo(connector: string, order: Order): Promise<void> {
        const records = new NumberedPartitions(sides.broker.bootstrap, connector, PARTITIONS)
        const [first, second] = [sides[order[0]], sides[order[1]]]
        const path = `/connectors/${connector}`
        const settled = async (...taking: SinkSide[]) => {
          const members = taking.length * 2
          const group = protocol && (await sides.groups.settled(`connect-${connector}`, members, PARTITIONS))
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
          const found = await finalAccount(ends, () => sides.lives(connector))
          expect(found).toEqual({ lost: [], twice: [], unordered: [], again: 0 })
        } finally {
          await records.close()
          await Promise.allSettled([first, second].map(side => side.request('DELETE', path)))
        }
      }
    },
    300_000,
  )
})

/** Waits until somebody has taken a record of an offset of `from` or more from every partition. */
async function allTaken(connector: string, from: number): Promise<void> {
  await until(`records of ${connector} from ${from} on of every partition`, async () => {
    const lives = await sides.lives(connector)
    const taken = new Set(
      lives.flatMap(({ puts }) => puts.filter(({ offset }) => offset >= from).map(p => p.partition)),
    )
    return taken.size === PARTITIONS
  })
}

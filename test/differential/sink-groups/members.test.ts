import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { GroupProbe } from '../../servers/consumer-group.ts'
import { serversFolder, sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'
import { account } from './account.ts'
import { NumberedPartitions } from './numbered-partitions.ts'
import { CONNECTOR, QUICK, SinkSide } from './sink-side.ts'

const PARTITIONS = 6
const folder = join(serversFolder(), `sink-members-${process.pid}`)
const STRATEGY = 'consumer.override.partition.assignment.strategy'
const assignor = (name: string) => `org.apache.kafka.clients.consumer.${name}Assignor`

let broker: Awaited<ReturnType<typeof sharedBroker>>
let groups: GroupProbe
let jvm: SinkSide
let bunnect: SinkSide

beforeAll(async () => {
  broker = await sharedBroker()
  groups = new GroupProbe(broker.bootstrap)
  jvm = new SinkSide('jvm', broker.bootstrap, folder)
  bunnect = new SinkSide('bunnect', broker.bootstrap, folder)
  await Promise.all([jvm.start(), bunnect.start()])
}, 120_000)

afterAll(async () => {
  await Promise.all([jvm?.close(), bunnect?.close(), groups?.close()])
  await broker?.stop()
  if (!process.env['DBG']) rmSync(folder, { recursive: true, force: true })
}, 60_000)

const named = (name: string) => `${name}-${process.pid}`

async function put(side: SinkSide, name: string, config: Record<string, string>): Promise<void> {
  await side.request('PUT', `/connectors/${name}/config`, { ...CONNECTOR, ...QUICK, name, ...config })
}

async function remove(...names: string[]): Promise<void> {
  for (const name of names)
    await Promise.allSettled([jvm, bunnect].map(side => side.request('DELETE', `/connectors/${name}`)))
}

async function tasks(side: SinkSide, name: string): Promise<{ state: string; trace?: string }[]> {
  const answer = await side.running.fetch(`/connectors/${name}/status`)
  return ((await answer.json()) as { tasks: { state: string; trace?: string }[] }).tasks
}

describe('members of both sides in one group', () => {
  test("Kafka's own tool shows them alike", async () => {
    const name = named('shown')
    const records = new NumberedPartitions(broker.bootstrap, name, PARTITIONS)
    try {
      await records.begin()
      await put(jvm, name, { topics: name })
      await put(bunnect, name, { topics: name })
      await groups.settled(`connect-${name}`, 4, PARTITIONS)
      const text = await broker.tool(
        'group',
        '--describe',
        '--group',
        `connect-${name}`,
        '--members',
        '--verbose',
      )
      const rows = text.split('\n').filter(line => line.startsWith(`connect-${name} `))
      const shown = rows
        .map(row => row.split(/\s+/))
        .map(([, , host, client, count, , list]) => ({ host, client, count, list }))
      // Two of each side: client.id tells the task, not the side.
      expect(shown.map(({ client }) => client).sort()).toEqual(
        [0, 0, 1, 1].map(task => `connector-consumer-${name}-${task}`),
      )
      expect(shown.every(({ host }) => host === '/127.0.0.1')).toBe(true)
      const owned = shown.flatMap(({ list }) => /:(.*)$/.exec(list ?? '')?.[1]?.split(',') ?? [])
      expect(owned.sort()).toEqual(['0', '1', '2', '3', '4', '5'])
    } finally {
      await records.close()
      await remove(name)
    }
  }, 90_000)

  test.each(['jvm', 'bunnect'])(
    'topics.regex, %s first: a new topic is shared too',
    async first => {
      const name = named(`pattern-${first}`)
      const config = { 'topics.regex': `${name}\\.[ab]` }
      const one = new NumberedPartitions(broker.bootstrap, `${name}.a`, PARTITIONS)
      const two = new NumberedPartitions(broker.bootstrap, `${name}.b`, 2)
      const sides: SinkSide[] = first === 'jvm' ? [jvm, bunnect] : [bunnect, jvm]
      try {
        await one.begin()
        for (const side of sides) {
          await put(side, name, config)
          await groups.settled(`connect-${name}`, 2 * (sides.indexOf(side) + 1), PARTITIONS)
        }
        await two.begin()
        const group = await groups.settled(`connect-${name}`, 4, PARTITIONS + 2)
        for (const { topics } of group.members) expect([...topics].sort()).toEqual([`${name}.a`, `${name}.b`])
      } finally {
        await Promise.all([one.close(), two.close()])
        await remove(name)
      }
    },
    90_000,
  )

  test('a JVM member whose pattern matches nothing yet is no trouble for a leader of ours', async () => {
    const name = named('nothing')
    const records = new NumberedPartitions(broker.bootstrap, `${name}.a`, PARTITIONS)
    try {
      await records.begin()
      await put(bunnect, name, { 'topics.regex': `${name}\\.a` })
      await groups.settled(`connect-${name}`, 2, PARTITIONS)
      await put(jvm, name, { 'topics.regex': `${name}\\.never` })
      const group = await groups.settled(`connect-${name}`, 4, PARTITIONS)
      expect(group.members.map(({ topics }) => topics.length).sort()).toEqual([0, 0, 1, 1])
      const from = records.written
      await bunnect.takes(name, from)
      expect((await tasks(jvm, name)).map(({ state }) => state)).toEqual(['RUNNING', 'RUNNING'])
    } finally {
      await records.close()
      await remove(name)
    }
  }, 90_000)

  test.each(['jvm', 'bunnect'] as Side[])(
    'with nothing in common, the second one fails: %s first',
    async first => {
      const name = named(`apart-${first}`)
      const records = new NumberedPartitions(broker.bootstrap, name, PARTITIONS)
      const [earlier, later] = first === 'jvm' ? [jvm, bunnect] : [bunnect, jvm]
      try {
        await records.begin()
        await put(earlier, name, { topics: name, [STRATEGY]: assignor('Range') })
        await groups.settled(`connect-${name}`, 2, PARTITIONS)
        await put(later, name, { topics: name, [STRATEGY]: assignor('CooperativeSticky') })
        const failed = await until('both tasks to fail', async () => {
          const all = await tasks(later, name)
          return all.length === 2 && all.every(({ state }) => state === 'FAILED') && all
        })
        for (const { trace } of failed)
          expect(trace).toContain('org.apache.kafka.common.errors.InconsistentGroupProtocolException')
        await groups.settled(`connect-${name}`, 2, PARTITIONS)
        await earlier.takes(name, records.written)
      } finally {
        await records.close()
        await remove(name)
      }
    },
    90_000,
  )

  test.each(['jvm', 'bunnect'])(
    'a static member moves from %s to the other side without a rebalance',
    async from => {
      const name = named(`static-${from}`)
      const records = new NumberedPartitions(broker.bootstrap, name, PARTITIONS)
      const [earlier, later] = from === 'jvm' ? [jvm, bunnect] : [bunnect, jvm]
      const config = { topics: name, 'tasks.max': '1', 'consumer.override.group.instance.id': name }
      try {
        await records.begin()
        await put(earlier, name, config)
        const before = await groups.settled(`connect-${name}`, 1, PARTITIONS)
        await earlier.takes(name, records.written)
        await earlier.request('PUT', `/connectors/${name}/stop`)
        expect((await groups.describe(`connect-${name}`)).members[0]).toEqual(before.members[0]!)
        await put(later, name, config)
        await later.takes(name, records.written)
        const after = await groups.settled(`connect-${name}`, 1, PARTITIONS)
        expect(after.members[0]!.instanceId).toBe(name)
        expect(after.members[0]!.memberId).not.toBe(before.members[0]!.memberId)
        const ends = await records.stop()
        const whole = async () => account(ends, [...(await jvm.lives(name)), ...(await bunnect.lives(name))])
        await until('every record', async () => (await whole()).lost.length === 0).catch(() => null)
        expect(await whole()).toEqual({ lost: [], twice: [], unordered: [], again: 0 })
      } finally {
        await records.close()
        await remove(name)
      }
    },
    90_000,
  )

  test.each(['jvm', 'bunnect'])(
    '%s is paused: it keeps its share, gets the rest when the other one ends, and puts nothing',
    async paused => {
      const name = named(`paused-${paused}`)
      const records = new NumberedPartitions(broker.bootstrap, name, PARTITIONS)
      const [waits, goes] = paused === 'jvm' ? [jvm, bunnect] : [bunnect, jvm]
      try {
        await records.begin()
        await put(waits, name, { topics: name })
        await put(goes, name, { topics: name })
        await groups.settled(`connect-${name}`, 4, PARTITIONS)
        await Promise.all([waits.takes(name, records.written), goes.takes(name, records.written)])
        await waits.request('PUT', `/connectors/${name}/pause`)
        await waits.running.awaitState(name, 'PAUSED')
        const held = (await waits.lives(name)).at(-1)!.puts.length
        await goes.takes(name, records.written + 20)
        expect((await groups.describe(`connect-${name}`)).members).toHaveLength(4)
        await goes.request('PUT', `/connectors/${name}/stop`)
        await groups.settled(`connect-${name}`, 2, PARTITIONS)
        const from = records.written
        await until('more records', () => records.written > from + 20)
        expect((await waits.lives(name)).at(-1)!.puts).toHaveLength(held)
        await goes.request('PUT', `/connectors/${name}/resume`)
        await groups.settled(`connect-${name}`, 4, PARTITIONS)
        await goes.takes(name, from)
        expect((await waits.lives(name)).at(-1)!.puts).toHaveLength(held)
        await waits.request('PUT', `/connectors/${name}/resume`)
        await waits.takes(name, from)
        const ends = await records.stop()
        const whole = async () => account(ends, [...(await jvm.lives(name)), ...(await bunnect.lives(name))])
        await until('every record', async () => (await whole()).lost.length === 0).catch(() => null)
        expect(await whole()).toEqual({ lost: [], twice: [], unordered: [], again: 0 })
      } finally {
        await records.close()
        await remove(name)
      }
    },
    120_000,
  )

  test.each(['jvm', 'bunnect'])(
    '%s stops and comes back in a hurry, in the middle of rebalances',
    async hurried => {
      const name = named(`hurried-${hurried}`)
      const records = new NumberedPartitions(broker.bootstrap, name, PARTITIONS)
      const [comes, stays] = hurried === 'jvm' ? [jvm, bunnect] : [bunnect, jvm]
      try {
        await records.begin()
        await put(stays, name, { topics: name })
        await put(comes, name, { topics: name })
        for (let i = 0; i < 8; i++) {
          await comes.request('PUT', `/connectors/${name}/stop`)
          await Bun.sleep(i * 40)
          await comes.request('PUT', `/connectors/${name}/resume`)
          await Bun.sleep((7 - i) * 40)
        }
        await groups.settled(`connect-${name}`, 4, PARTITIONS)
        await Promise.all([comes.takes(name, records.written), stays.takes(name, records.written)])
        const ends = await records.stop()
        const whole = async () => account(ends, [...(await jvm.lives(name)), ...(await bunnect.lives(name))])
        await until('every record', async () => (await whole()).lost.length === 0).catch(() => null)
        expect(await whole()).toEqual({ lost: [], twice: [], unordered: [], again: 0 })
      } finally {
        await records.close()
        await remove(name)
      }
    },
    120_000,
  )
})

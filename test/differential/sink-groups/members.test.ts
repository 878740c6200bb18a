import { describe, expect, test } from 'bun:test'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'
import { finalAccount } from './final-account.ts'
import { NumberedPartitions } from './numbered-partitions.ts'
import { runningSides } from './running-sides.ts'
import { CONNECTOR, QUICK, type SinkSide } from './sink-side.ts'

const PARTITIONS = 6
const STRATEGY = 'consumer.override.partition.assignment.strategy'
const assignor = (name: string) => `org.apache.kafka.clients.consumer.${name}Assignor`

const sides = runningSides('sink-members')

const named = (name: string) => `${name}-${process.pid}`

async function put(side: SinkSide, name: string, config: Record<string, string>): Promise<void> {
  await side.request('PUT', `/connectors/${name}/config`, { ...CONNECTOR, ...QUICK, name, ...config })
}

async function remove(name: string): Promise<void> {
  const path = `/connectors/${name}`
  await Promise.allSettled([sides.jvm, sides.bunnect].map(side => side.request('DELETE', path)))
}

/** While records are written to this topic; in the end the sinks of the name are deleted. */
async function onRecords(
  name: string,
  does: (records: NumberedPartitions) => Promise<void>,
  topic = name,
): Promise<void> {
  const records = new NumberedPartitions(sides.broker.bootstrap, topic, PARTITIONS)
  try {
    await records.begin()
    await does(records)
  } finally {
    await records.close()
    await remove(name)
  }
}

/** Ends what is written, and expects that each record of it was put once, in order. */
async function allPutOnce(records: NumberedPartitions, name: string): Promise<void> {
  const ends = await records.stop()
  const found = await finalAccount(ends, () => sides.lives(name))
  expect(found).toEqual({ lost: [], twice: [], unordered: [], again: 0 })
}

const settled = (name: string, members: number, partitions = PARTITIONS) =>
  sides.groups.settled(`connect-${name}`, members, partitions)

async function tasks(side: SinkSide, name: string): Promise<{ state: string; trace?: string }[]> {
  const answer = await side.running.fetch(`/connectors/${name}/status`)
  return ((await answer.json()) as { tasks: { state: string; trace?: string }[] }).tasks
}

describe('members of both sides in one group', () => {
  test("Kafka's own tool shows them alike", async () => {
    const name = named('shown')
    await onRecords(name, async () => {
      await put(sides.jvm, name, { topics: name })
      await put(sides.bunnect, name, { topics: name })
      await settled(name, 4)
      const text = await sides.broker.tool(
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
    })
  }, 300_000)

  test.each(['jvm', 'bunnect'] as Side[])(
    'topics.regex, %s first: a new topic is shared too',
    async first => {
      const name = named(`pattern-${first}`)
      const config = { 'topics.regex': `${name}\\.[ab]` }
      const one = new NumberedPartitions(sides.broker.bootstrap, `${name}.a`, PARTITIONS)
      const two = new NumberedPartitions(sides.broker.bootstrap, `${name}.b`, 2)
      try {
        await one.begin()
        for (const [before, side] of sides.from(first).entries()) {
          await put(side, name, config)
          await settled(name, 2 * (before + 1))
        }
        await two.begin()
        const group = await settled(name, 4, PARTITIONS + 2)
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
    const does = async (records: NumberedPartitions) => {
      await put(sides.bunnect, name, { 'topics.regex': `${name}\\.a` })
      await settled(name, 2)
      await put(sides.jvm, name, { 'topics.regex': `${name}\\.never` })
      const group = await settled(name, 4)
      expect(group.members.map(({ topics }) => topics.length).sort()).toEqual([0, 0, 1, 1])
      const from = records.written
      await sides.bunnect.takes(name, from)
      expect((await tasks(sides.jvm, name)).map(({ state }) => state)).toEqual(['RUNNING', 'RUNNING'])
    }
    await onRecords(name, does, `${name}.a`)
  }, 300_000)

  test.each(['jvm', 'bunnect'] as Side[])(
    'with nothing in common, the second one fails: %s first',
    async first => {
      const name = named(`apart-${first}`)
      const [earlier, later] = sides.from(first)
      await onRecords(name, async records => {
        await put(earlier, name, { topics: name, [STRATEGY]: assignor('Range') })
        await settled(name, 2)
        await put(later, name, { topics: name, [STRATEGY]: assignor('CooperativeSticky') })
        const failed = await until('both tasks to fail', async () => {
          const all = await tasks(later, name)
          return all.length === 2 && all.every(({ state }) => state === 'FAILED') && all
        })
        for (const { trace } of failed)
          expect(trace).toContain('org.apache.kafka.common.errors.InconsistentGroupProtocolException')
        await settled(name, 2)
        await earlier.takes(name, records.written)
      })
    },
    90_000,
  )

  test.each(['jvm', 'bunnect'] as Side[])(
    'a static member moves from %s to the other side without a rebalance',
    async from => {
      const name = named(`static-${from}`)
      const [earlier, later] = sides.from(from)
      const config = { topics: name, 'tasks.max': '1', 'consumer.override.group.instance.id': name }
      await onRecords(name, async records => {
        await put(earlier, name, config)
        const before = await settled(name, 1)
        await earlier.takes(name, records.written)
        await earlier.request('PUT', `/connectors/${name}/stop`)
        expect((await sides.groups.describe(`connect-${name}`)).members[0]).toEqual(before.members[0]!)
        await put(later, name, config)
        await later.takes(name, records.written)
        const after = await settled(name, 1)
        expect(after.members[0]!.instanceId).toBe(name)
        expect(after.members[0]!.memberId).not.toBe(before.members[0]!.memberId)
        await allPutOnce(records, name)
      })
    },
    90_000,
  )

  test.each(['jvm', 'bunnect'] as Side[])(
    '%s is paused: it keeps its share, gets the rest when the other one ends, and puts nothing',
    async paused => {
      const name = named(`paused-${paused}`)
      const [waits, goes] = sides.from(paused)
      await onRecords(name, async records => {
        await put(waits, name, { topics: name })
        await put(goes, name, { topics: name })
        await settled(name, 4)
        await Promise.all([waits.takes(name, records.written), goes.takes(name, records.written)])
        await waits.request('PUT', `/connectors/${name}/pause`)
        await waits.running.awaitState(name, 'PAUSED')
        const held = (await waits.lives(name)).at(-1)!.puts.length
        await goes.takes(name, records.written + 20)
        expect((await sides.groups.describe(`connect-${name}`)).members).toHaveLength(4)
        await goes.request('PUT', `/connectors/${name}/stop`)
        await settled(name, 2)
        const from = records.written
        await until('more records', () => records.written > from + 20)
        expect((await waits.lives(name)).at(-1)!.puts).toHaveLength(held)
        await goes.request('PUT', `/connectors/${name}/resume`)
        await settled(name, 4)
        await goes.takes(name, from)
        expect((await waits.lives(name)).at(-1)!.puts).toHaveLength(held)
        await waits.request('PUT', `/connectors/${name}/resume`)
        await waits.takes(name, from)
        await allPutOnce(records, name)
      })
    },
    300_000,
  )

  test.each(['jvm', 'bunnect'] as Side[])(
    '%s stops and comes back in a hurry, in the middle of rebalances',
    async hurried => {
      const name = named(`hurried-${hurried}`)
      const [comes, stays] = sides.from(hurried)
      await onRecords(name, async records => {
        await put(stays, name, { topics: name })
        await put(comes, name, { topics: name })
        for (let i = 0; i < 8; i++) {
          await comes.request('PUT', `/connectors/${name}/stop`)
          await Bun.sleep(i * 40)
          await comes.request('PUT', `/connectors/${name}/resume`)
          await Bun.sleep((7 - i) * 40)
        }
        await settled(name, 4)
        await Promise.all([comes.takes(name, records.written), stays.takes(name, records.written)])
        await allPutOnce(records, name)
      })
    },
    300_000,
  )
})

import { describe, expect, test } from 'bun:test'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../servers/run.ts'
import type { Side } from '../../servers/worker.ts'
import { finalAccount } from './final-account.ts'
import { NumberedPartitions } from './numbered-partitions.ts'
import { runningSides } from './running-sides.ts'
import { CONNECTOR, QUICK, type SinkSide } from './sink-side.ts'

const PARTITIONS = 6
const sides = runningSides('sink-losses', { 'plugin.path': join(import.meta.dir, 'plugins') })

/** Both take part, `away` leaves the group without a word and comes back: the other one takes over meanwhile. */
async function losesAndReturns(
  name: string,
  ours: Record<string, string>,
  away: SinkSide,
  leave: (path: string) => unknown,
  comeBack: () => void,
): Promise<void> {
  const { broker, groups, jvm, bunnect } = sides
  const stays = away === jvm ? bunnect : jvm
  const topic = `${name}-${process.pid}`
  const group = `connect-${topic}`
  const path = `/connectors/${topic}`
  const records = new NumberedPartitions(broker.bootstrap, topic, PARTITIONS)
  const common = { ...CONNECTOR, ...QUICK, name: topic, topics: topic, 'tasks.max': '1' }
  const backwards: string[] = []
  let watching = true
  const watch = async () => {
    const seen = new Map<number, number>()
    while (watching) {
      for (const [partition, offset] of await groups.committed(group)) {
        const before = seen.get(partition) ?? 0
        if (offset < before) backwards.push(`${partition}: ${offset} after ${before}`)
        seen.set(partition, offset)
      }
      await Bun.sleep(50)
    }
  }
  try {
    await records.begin()
    await jvm.request('PUT', `${path}/config`, common)
    await bunnect.request('PUT', `${path}/config`, { ...common, ...ours })
    const bothTake = async () => {
      await groups.settled(group, 2, PARTITIONS)
      const from = records.written
      await Promise.all([jvm.takes(topic, from), bunnect.takes(topic, from)])
    }
    await bothTake()
    const watched = watch()
    await leave(path)
    await groups.settled(group, 1, PARTITIONS)
    await stays.takes(topic, records.written)
    comeBack()
    await bothTake()
    const ends = await records.stop()
    const { again, ...wrong } = await finalAccount(ends, async () => {
      const awayOnce = (await away.lives(topic)).map(life => ({ ...life, lossy: true }))
      return [...(await stays.lives(topic)), ...awayOnce]
    })
    expect(wrong).toEqual({ lost: [], twice: [], unordered: [] })
    for (const side of [jvm, bunnect]) await side.running.awaitState(topic, 'RUNNING')
    // What the tasks have put is committed in the end.
    await until('every offset', async () => {
      const committed = await groups.committed(group)
      return ends.every((end, partition) => committed.get(partition) === end)
    })
    watching = false
    await watched
    // Invariant 2
    expect(backwards).toEqual([])
  } finally {
    watching = false
    await records.close()
    await Promise.allSettled([jvm, bunnect].map(side => side.request('DELETE', path)))
  }
}

describe('a member that is away for too long loses its partitions and comes back', () => {
  test.each(['await', 'spin'])(
    'put of bunnect takes longer than max.poll.interval.ms: %s',
    async how => {
      const stall = join(sides.folder, `stall-${how}`)
      const name = `stall-${how}`
      await losesAndReturns(
        name,
        {
          'connector.class': 'test.StallingSinkConnector',
          stall,
          'consumer.override.max.poll.interval.ms': '6000',
        },
        sides.bunnect,
        () => writeFileSync(stall, how),
        () => rmSync(stall),
      )
      const calls = (await sides.bunnect.running.output())
        .split('\n')
        .filter(line => line.includes(`"${name}-${process.pid}"`) && line.includes('"call"'))
        .map(line => JSON.parse(line).call)
      const after = calls.slice(calls.lastIndexOf('put returns') + 1).join(' ')
      // A commit is due by then; it is refused, and what is lost is closed without another one. As in the JVM.
      expect(after).toMatch(/^(preCommit )?close open( |$)/)
      const log = (await sides.bunnect.running.log()).split('\n').filter(line => line.includes(`[${name}-`))
      expect(log.join('\n')).toContain('CommitFailedException')
    },
    300_000,
  )

  test('close of bunnect takes longer than max.poll.interval.ms: the group does not wait for it', async () => {
    const stall = join(sides.folder, 'stall-close')
    await losesAndReturns(
      'stall-close',
      {
        'connector.class': 'test.StallingSinkConnector',
        stall,
        'consumer.override.max.poll.interval.ms': '6000',
      },
      sides.bunnect,
      async path => {
        writeFileSync(stall, 'close')
        await sides.jvm.request('PUT', `${path}/stop`)
        await sides.jvm.request('PUT', `${path}/resume`)
      },
      () => rmSync(stall),
    )
  }, 300_000)

  test.each(['bunnect', 'jvm'] as Side[])(
    'the worker is suspended: %s',
    async side => {
      const away = sides[side]
      const { pid } = away.running
      try {
        await losesAndReturns(
          `suspended-${side}`,
          {},
          away,
          () => process.kill(pid, 'SIGSTOP'),
          () => process.kill(pid, 'SIGCONT'),
        )
      } finally {
        // One that has ended meanwhile is told of by what failed.
        if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGCONT')
      }
    },
    300_000,
  )
})

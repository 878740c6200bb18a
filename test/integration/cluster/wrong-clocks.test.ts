/** Workers whose clocks are days apart, and jump: what they decide together depends on none of them. */
import { beforeAll, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ground } from '../../servers/ground.ts'
import { run } from '../../servers/run.ts'
import type { WorkerGroup } from '../../servers/worker-group.ts'
import { NumberSources } from './numbers.ts'

const DELAY_MS = 3000
/** How much the clock of each is ahead; brokers refuse records that are more than an hour ahead. */
const CLOCKS: Record<string, string> = { a: '+50m', b: '-1d', c: '+0' }

const { group: newGroup } = ground()
let group: WorkerGroup
beforeAll(async () => {
  await run([resolve(import.meta.dir, '../../../scripts/apt'), 'faketime'])
  group = newGroup('clocks', {
    'bunnect.task.hosts': '0',
    'scheduled.rebalance.max.delay.ms': String(DELAY_MS),
  })
}, 300_000)

function setClock(name: string, ahead: string): string {
  const file = join(group.folder, `${name}.clock`)
  writeFileSync(file, ahead)
  return file
}

async function start(name: string): Promise<void> {
  await group.start(
    name,
    'bunnect',
    {},
    {
      LD_PRELOAD: (await Bun.file('/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1').exists())
        ? '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'
        : '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
      FAKETIME_TIMESTAMP_FILE: setClock(name, CLOCKS[name]!),
      // A jump is seen at once; time that has passed is right, as with a clock that somebody sets.
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  )
}

async function sessionKeys(): Promise<number> {
  return (await group.entries('configs')).filter(({ key }) => key === 'session-key').length
}

test('clocks days apart and jumping: rounds, delays, keys between workers and statuses are right', async () => {
  for (const name of Object.keys(CLOCKS)) await start(name)
  const sources = new NumberSources(group, 6)
  // Through each of them: task configurations go to the leader, signed.
  for (const [i, name] of sources.names.entries()) {
    await group.probe.create(sources.topic(name))
    const through = ['a', 'b', 'c'][i % 3]!
    await group.body(through, 'POST', '/connectors', { name, config: sources.config(name) })
  }
  await group.settled()
  await sources.flow()

  // Each of the three leads once, the others have keys of what is the future or long ago to them.
  for (let round = 0; round < 3; round++) {
    const leader = (await group.leader())!
    const others = group.awake.filter(name => name !== leader)
    const keys = await sessionKeys()
    await group.kill(leader)
    // While the others still wait for it, their clocks are set.
    const jump = round % 2 === 0 ? '-5h' : '+55m'
    for (const name of others) setClock(name, jump)
    await group.settled()
    await sources.flow()
    for (const name of others) {
      const config = sources.config('numbers-a', { throughput: String(50 + round) })
      await group.body(name, 'PUT', '/connectors/numbers-a/config', config)
    }
    await start(leader)
    await group.settled()
    await sources.flow()
    expect((await sessionKeys()) - keys).toBeLessThanOrEqual(2)
  }
  for (const name of group.awake) await group.stop(name)
  // The times of their records are those of their clocks: repeats cannot be told from it.
  const always = { what: 'kills', from: 0, until: Number.POSITIVE_INFINITY }
  expect(await sources.faults([always], 0)).toEqual([])
}, 240_000)

import { afterAll, beforeAll, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { serversFolder, sharedBroker } from '../servers/kafka.ts'
import { runWithKills } from './worker-kill.ts'

/** BUNNECT_CHAOS=long: many kills; else short enough for every run of the suite. */
const long = process.env['BUNNECT_CHAOS'] === 'long'
const lines = long ? 5_000_000 : 300_000
const kills = long ? 12 : 4
const seed = Number(process.env['BUNNECT_CHAOS_SEED'] ?? Date.now() % 1_000_000)

let broker: Awaited<ReturnType<typeof sharedBroker>>

beforeAll(async () => {
  broker = await sharedBroker()
}, 120_000)

afterAll(async () => {
  await broker.stop()
}, 120_000)

test(
  'SIGKILLs of hosts lose nothing, tear nothing, repeat no more than what followed the last flush, and no commit goes back',
  async () => {
    const dir = join(serversFolder(), `host-kill-${process.pid}`)
    const report = await runWithKills({
      side: 'bunnect',
      bootstrap: broker.bootstrap,
      dir,
      lines,
      kills,
      seed,
      hosts: 2,
      say: text => console.log(text),
    })
    console.log(`seed ${seed}: ${JSON.stringify(report)}`)
    expect(report.topic.faults).toEqual([])
    expect(report.topic.distinct).toBe(lines)
    expect(report.topic.duplicates).toBeLessThanOrEqual(report.topicBound)
    expect(report.sink.faults).toEqual([])
    expect(report.sink.distinct).toBe(lines)
    expect(report.sinkRepeats).toBeGreaterThanOrEqual(0)
    expect(report.sinkRepeats).toBeLessThanOrEqual(report.sinkBound)
    expect(report.commitsBackwards).toEqual([])
    rmSync(dir, { recursive: true, force: true }) // kept when the run fails, for its worker.log
  },
  long ? 1_800_000 : 300_000,
)

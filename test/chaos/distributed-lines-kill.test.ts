import { afterAll, beforeAll, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { serversFolder, sharedBroker } from '../servers/kafka.ts'
import type { Side } from '../servers/worker.ts'
import { runWithKills } from './worker-kill.ts'

/** BUNNECT_CHAOS=long: more of everything; else short enough for every run of the suite. */
const long = process.env['BUNNECT_CHAOS'] === 'long'
const lines = long ? 5_000_000 : 600_000
const kills = long ? 10 : 3
const seed = Number(process.env['BUNNECT_CHAOS_SEED'] ?? Date.now() % 1_000_000)
/** BUNNECT_CHAOS_SIDE=jvm runs the same on JVM Connect, to see that the checks themselves are right. */
const side = (process.env['BUNNECT_CHAOS_SIDE'] ?? 'bunnect') as Side

let broker: Awaited<ReturnType<typeof sharedBroker>>
beforeAll(async () => {
  broker = await sharedBroker()
}, 120_000)
afterAll(() => broker.stop(), 120_000)

test(
  'SIGKILLs of a distributed worker: its connectors go on by themselves, nothing is lost or torn',
  async () => {
    const dir = join(serversFolder(), `distributed-kill-${process.pid}`)
    const say = (text: string) => console.log(text)
    const report = await runWithKills({
      side,
      mode: 'distributed',
      bootstrap: broker.bootstrap,
      dir,
      lines,
      kills,
      seed,
      flushIntervalMs: 100,
      say,
    })
    say(`seed ${seed}: ${JSON.stringify(report)}`)
    expect(report.topic.faults).toEqual([])
    expect(report.topic.distinct).toBe(lines)
    expect(report.topic.duplicates).toBeLessThanOrEqual(report.topicBound)
    expect(report.sink.faults).toEqual([])
    expect(report.sink.distinct).toBe(lines)
    expect(report.sinkRepeats).toBeGreaterThanOrEqual(0)
    expect(report.sinkRepeats).toBeLessThanOrEqual(report.sinkBound)
    expect(report.commitsBackwards).toEqual([])
    // Kept when the run fails, for its worker.log.
    rmSync(dir, { recursive: true, force: true })
  },
  long ? 1_800_000 : 300_000,
)

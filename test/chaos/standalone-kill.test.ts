import { afterAll, beforeAll, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { serversFolder, sharedBroker } from '../servers/kafka.ts'
import type { Side } from '../servers/worker.ts'
import { type KillReport, runWithKills } from './worker-kill.ts'

/** BUNNECT_CHAOS=long: the form of what the README says of SIGKILLs; else short enough for every run of the suite. */
const long = process.env['BUNNECT_CHAOS'] === 'long'
const lines = long ? 5_000_000 : 300_000
const kills = long ? 10 : 3
const seed = Number(process.env['BUNNECT_CHAOS_SEED'] ?? Date.now() % 1_000_000)
const deadline = long ? 1_800_000 : 300_000
/** BUNNECT_CHAOS_SIDE=jvm runs the same on JVM Connect, to see that the checks themselves are right. */
const side = (process.env['BUNNECT_CHAOS_SIDE'] ?? 'bunnect') as Side

let broker: Awaited<ReturnType<typeof sharedBroker>>
const folders: string[] = []

beforeAll(async () => {
  broker = await sharedBroker()
}, 120_000)

afterAll(async () => {
  await broker.stop()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}, 120_000)

async function run(killCount: number): Promise<KillReport> {
  const dir = join(serversFolder(), `kill-${killCount}-${process.pid}`)
  const report = await runWithKills({
    side,
    bootstrap: broker.bootstrap,
    dir,
    lines,
    kills: killCount,
    seed,
    say: text => console.log(text),
  })
  console.log(`seed ${seed}: ${JSON.stringify(report)}`)
  folders.push(dir) // kept when the run itself fails, for its worker.log
  return report
}

test(
  'without kills the sink file is the source file, byte for byte, and the topic holds each line once, in order',
  async () => {
    const report = await run(0)
    expect(report.topic).toEqual({ total: lines, distinct: lines, duplicates: 0, faults: [] })
    expect(report.sink).toEqual({ total: lines, distinct: lines, duplicates: 0, faults: [] })
    expect(report.identical).toBe(true)
  },
  deadline,
)

test(
  'SIGKILLs lose nothing, tear nothing, and repeat no more than what followed the last flush',
  async () => {
    const report = await run(kills)
    expect(report.topic.faults).toEqual([])
    expect(report.topic.distinct).toBe(lines)
    expect(report.topic.duplicates).toBeLessThanOrEqual(report.topicBound)
    expect(report.sink.faults).toEqual([])
    expect(report.sink.distinct).toBe(lines)
    expect(report.sinkRepeats).toBeGreaterThanOrEqual(0)
    expect(report.sinkRepeats).toBeLessThanOrEqual(report.sinkBound)
  },
  deadline,
)

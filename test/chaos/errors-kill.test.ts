import { afterAll, beforeAll, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { serversFolder, sharedBroker, startBroker } from '../servers/kafka.ts'
import { runErrorsWithKills } from './errors-kill.ts'

/** BUNNECT_CHAOS=long: more of everything; else short enough for every run of the suite. */
const long = process.env['BUNNECT_CHAOS'] === 'long'
const lines = long ? 2_000_000 : 70_000
const kills = long ? 12 : 3
const seed = Number(process.env['BUNNECT_CHAOS_SEED'] ?? Date.now() % 1_000_000)

let broker: Awaited<ReturnType<typeof sharedBroker>>
beforeAll(async () => {
  broker = await sharedBroker()
}, 120_000)
afterAll(() => broker.stop(), 120_000)

for (const hosts of [0, 2]) {
  test(
    `${hosts} task hosts: after SIGKILLs every good record is at its end and every bad one in a dead letter queue`,
    async () => {
      const dir = join(serversFolder(), `errors-kill-${hosts}-${process.pid}`)
      const say = (text: string) => console.log(text)
      const report = await runErrorsWithKills({
        bootstrap: broker.bootstrap,
        dir,
        lines,
        kills,
        hosts,
        seed,
        say,
      })
      say(`seed ${seed}: ${JSON.stringify(report)}`)
      for (const [name, { missing, strangers, repeats, bound }] of Object.entries(report)) {
        expect({ name, missing, strangers }).toEqual({ name, missing: [], strangers: [] })
        expect(repeats, `repeats of ${name}`).toBeLessThanOrEqual(bound)
        expect(repeats, `repeats of ${name}`).toBeGreaterThanOrEqual(0)
      }
      // Kept when the run fails, for its worker.log.
      rmSync(dir, { recursive: true, force: true })
    },
    long ? 1_800_000 : 300_000,
  )
}

test(
  'so they are after SIGKILLs of the broker, and the worker is none the worse for it',
  async () => {
    const own = await startBroker()
    const dir = join(serversFolder(), `errors-kill-broker-${process.pid}`)
    const say = (text: string) => console.log(text)
    try {
      const report = await runErrorsWithKills({
        bootstrap: own.bootstrap,
        dir,
        lines,
        kills: long ? kills : 2,
        broker: own,
        hosts: 0,
        seed,
        say,
      })
      say(`seed ${seed}: ${JSON.stringify(report)}`)
      for (const [name, { missing, strangers }] of Object.entries(report)) {
        expect({ name, missing, strangers }).toEqual({ name, missing: [], strangers: [] })
      }
      rmSync(dir, { recursive: true, force: true })
    } finally {
      await own.stop()
    }
  },
  long ? 1_800_000 : 300_000,
)

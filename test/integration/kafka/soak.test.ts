import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { setLevel } from '../../../src/observe/log.ts'
import { type SoakSample, soak } from '../../soak/soak.ts'

/** The long form is `bun test/soak/main.ts 1000`. */
test('60 rounds of clients that come and go, with a killed broker and dead addresses, leave nothing behind', async () => {
  setLevel('OFF')
  const rounds: SoakSample[] = []
  const files = () => readdirSync('/proc/self/fd').length
  const samples = await soak({
    rounds: 60,
    killEvery: 30,
    deadEvery: 20,
    sampleEvery: 20,
    sample: sample => void rounds.push(sample),
  }).finally(() => setLevel('INFO'))
  const last = samples.at(-1)!
  expect(last).toMatchObject({ round: 60, sent: 12_000, kills: 2, dead: 9 })
  // Killed while they were waited for, records may come twice; none is missing.
  expect(last.read).toBeGreaterThan(0)
  // All clients are closed: their threads and connections are gone.
  expect(last.threads).toBeLessThan(rounds[0]!.threads)
  expect(files()).toBeLessThanOrEqual(rounds[0]!.files)
}, 300_000)

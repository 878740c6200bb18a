import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { setLevel } from '../../../src/observe/log.ts'
import { quarterRss, type SoakSample, soak } from '../../soak/soak.ts'

/** A short run still grows into its caches; the long form, `scripts/test soak --long`, allows 5 %. */
const GROWTH = 1.25

test('60 rounds of clients that come and go, with a killed broker and dead addresses, leave nothing behind', async () => {
  setLevel('OFF')
  const rounds: SoakSample[] = []
  const files = () => readdirSync('/proc/self/fd').length
  const samples = await soak({
    rounds: 60,
    killEvery: 30,
    deadEvery: 20,
    sampleEvery: 3,
    sample: sample => void rounds.push(sample),
  }).finally(() => setLevel('INFO'))
  const last = samples.at(-1)!
  expect(last).toMatchObject({ round: 60, sent: 12_000, kills: 2, dead: 9 })
  // Killed while they were waited for, records may come twice; none is missing.
  expect(last.distinct).toBe(last.sent)
  expect(last.read).toBeGreaterThanOrEqual(last.sent)
  // The last sample has no members left.
  expect(quarterRss(rounds.slice(0, -1), 4)).toBeLessThan(quarterRss(rounds.slice(0, -1), 2) * GROWTH)
  // All clients are closed: their threads and connections are gone.
  expect(last.threads).toBeLessThan(rounds[0]!.threads)
  expect(files()).toBeLessThanOrEqual(rounds[0]!.files)
}, 300_000)

/**
 * What Kafka Connect 4.3.1 did, vector by vector: equal results, or an error of the same class with the same
 * message and cause. `bun test/conform/run.ts FILE…` does the same for any file of this form.
 */
import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from './data/check.ts'
import { deviation } from './data/deviations.ts'
import { groups } from './data/groups.ts'
import { vectorsOf } from './data/vectors.ts'
import deviations from './deviations.json'

for (const name of Object.keys(groups)) {
  describe(name, () => {
    for (const vector of vectorsOf(name)) {
      const reason = deviation(vector.id)
      test(reason === undefined ? vector.id : `${vector.id} differs: ${reason}`, async () => {
        const { equal, expected, got } = await check(vector)
        if (reason === undefined && !equal) expect(got).toEqual(expected)
        expect(equal).toBe(reason === undefined)
      })
    }
  })
}

test('every deviation has its line in DIFFERENCES.md', () => {
  const lines = readFileSync(join(import.meta.dir, '../../DIFFERENCES.md'), 'utf8').split('\n')
  for (const reason of Object.values(deviations)) expect(lines).toContain(`- ${reason}`)
})

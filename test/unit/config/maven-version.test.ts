import { expect, test } from 'bun:test'
import { compareVersions } from '../../../src/config/maven-version.ts'

/** Oldest first, what is the same version on a line; as Maven's ComparableVersion sorts them. */
const ORDER = [
  ['1-alpha', '1.0-alpha'],
  ['1-alpha-1', '1-alpha1', '1-a1'],
  ['1-beta'],
  ['1-b2'],
  ['1-m3'],
  ['1-rc', '1-cr'],
  ['1-rc1'],
  ['1-SNAPSHOT'],
  ['1', '1.0', '1.0.0', '1-ga', '1.0-Final', '1-release', '1.', '1-0'],
  ['1-sp'],
  ['1-a'],
  ['1-foo'],
  ['1-foo-1'],
  ['1-1'],
  ['1.0.1'],
  ['1.1'],
  ['1.2'],
  ['1.10'],
  ['4.3.1'],
  ['4.3.1-ccs'],
  ['4.3.2-beta'],
]

test('every pair of versions', () => {
  const all = ORDER.flatMap((same, place) => same.map(version => ({ version, place })))
  for (const a of all) {
    for (const b of all) {
      const order = Math.sign(compareVersions(a.version, b.version))
      expect(`${a.version} ${b.version} ${order}`).toBe(
        `${a.version} ${b.version} ${Math.sign(a.place - b.place)}`,
      )
    }
  }
})

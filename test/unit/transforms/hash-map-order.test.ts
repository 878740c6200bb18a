/** Maps that go through several transformations, against a HashMap that has buckets. */
import { expect, test } from 'bun:test'
import { keysInHashOrder, stringHashCode, tableSizeFor } from '../../../src/data/java-hash.ts'
import { SinkRecord } from '../../../src/data/records.ts'
import { flatten } from '../../../src/transforms/flatten.ts'
import { HashMapCopier, putEntry, withoutEntries } from '../../../src/transforms/map-copy.ts'
import type { SchemalessMap } from '../../../src/transforms/operand.ts'
import { replaceField } from '../../../src/transforms/replace-field.ts'

/** java.util.HashMap, without trees in its buckets. */
class BucketMap {
  private buckets: string[][] | null = null

  constructor(private capacity = 16) {}

  static copy(names: readonly string[]): BucketMap {
    const map = new BucketMap(names.length === 0 ? 16 : tableSizeFor(Math.trunc(names.length / 0.75 + 1)))
    for (const name of names) map.put(name)
    return map
  }

  get names(): string[] {
    return this.buckets?.flat() ?? []
  }

  put(name: string): void {
    this.buckets ??= Array.from({ length: this.capacity }, () => [])
    const bucket = this.bucketOf(name)
    if (bucket.includes(name)) return
    bucket.push(name)
    if (bucket.length > 8 && this.capacity < 64) this.double()
    if (this.names.length > this.capacity * 0.75) this.double()
  }

  remove(name: string): void {
    const bucket = this.bucketOf(name)
    bucket.splice(bucket.indexOf(name), 1)
  }

  private bucketOf(name: string): string[] {
    const hash = stringHashCode(name)
    return this.buckets![(hash ^ (hash >>> 16)) & (this.capacity - 1)]!
  }

  private double(): void {
    const { names } = this
    this.capacity *= 2
    this.buckets = Array.from({ length: this.capacity }, () => [])
    for (const name of names) this.bucketOf(name).push(name)
  }
}

let seed = 1
const random = (n: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return Math.floor((seed / 2 ** 32) * n)
}
// Many of them meet in a bucket, or have the same hash.
const ODD = ['Aa', 'BB', 'AaAa', 'BBBB', 'AaBB', 'BBAa', '__proto__', 'constructor', 'customer']
const anyName = () =>
  [String.fromCharCode(97 + random(26)), `k${random(60)}`, ODD[random(ODD.length)]!][random(3)]!
const valuePlugin = (plugins: typeof replaceField) => plugins.find(one => one.className.endsWith('$Value'))!
const apply = (plugins: typeof replaceField, config: object, value: unknown) => {
  const made = valuePlugin(plugins).create(config as never, {}) as {
    apply(record: SinkRecord): SinkRecord
  }
  return made.apply(new SinkRecord('t', 0, null, null, null, value, 0)).value as SchemalessMap
}
const namesOf = (map: SchemalessMap) => (map instanceof Map ? [...map.keys()] : keysInHashOrder(map))

test.each([
  ['names', false],
  ['names and index-like names', true],
])('%s come in Java’s order after every step', (_what, indexes) => {
  for (let round = 0; round < 3000; round++) {
    const first = Array.from({ length: [0, 1, 3, 4, 6, 11, 12, 13, 25, 50][random(10)]! }, () =>
      indexes && random(4) === 0 ? String(random(40)) : anyName(),
    )
    let expected = new BucketMap()
    for (const name of first) expected.put(name)
    // A Map, as the JSON reader makes it where a plain object would reorder the names.
    let map: SchemalessMap = indexes
      ? new Map(expected.names.map(name => [name, 1]))
      : Object.fromEntries(first.map(name => [name, 1]))
    const steps: string[] = [first.join()]
    for (let step = 0; step < 4; step++) {
      expect({ steps, names: namesOf(map) }).toEqual({ steps, names: expected.names })
      const { names } = expected
      const some = names[random(names.length)]
      const kind = random(4)
      steps.push(`${kind} ${some}`)
      if (kind === 3 && some !== undefined) {
        const to = `${anyName()}R`
        map = apply(replaceField, { exclude: [names[0]], include: [], renames: [`${some}:${to}`] }, map)
        expected = new BucketMap(tableSizeFor(names.length))
        for (const name of names.slice(1)) expected.put(name === some ? to : name)
      } else if (kind === 2) {
        // A LinkedHashMap, so its copy is made from that order.
        const copy = new HashMapCopier().copy(apply(flatten, { delimiter: '.' }, map))
        map = copy
        expected = BucketMap.copy(names)
      } else {
        const copy = new HashMapCopier().copy(map)
        expected = BucketMap.copy(names)
        if (kind === 1 && some !== undefined) {
          map = withoutEntries(copy, new Set([some]))
          expected.remove(some)
        } else {
          for (let k = random(4); k > 0; k--) {
            const name = anyName()
            putEntry(copy, name, 1)
            expected.put(name)
          }
          map = copy
        }
      }
    }
  }
})

/** What the JVM's vectors cannot pin: JavaScript's own forms of values, limits, and what lasts between records. */
import { describe, expect, test } from 'bun:test'
import { parseConfig } from '../../../src/config/validate.ts'
import { ConnectHeaders } from '../../../src/data/headers.ts'
import { keysInHashOrder } from '../../../src/data/java-hash.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { INT64_SCHEMA, STRING_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import type { Transformation } from '../../../src/sdk/plugin.ts'
import { builtInPredicates, builtInTransformations } from '../../../src/transforms/index.ts'

function made(name: string, config: Record<string, string>): Transformation {
  const plugin = builtInTransformations.find(({ className }) => className.endsWith(`.${name}`))!
  return plugin.create(parseConfig(plugin.config, config), config)
}

const record = (value: unknown, topic: string | null = 'topic', headers: ConnectHeaders | null = null) =>
  new SourceRecord(null, null, topic, 0, null, null, null, value, 1_566_570_894_346, headers)
const valueAfter = (transformation: Transformation, value: unknown): unknown =>
  (transformation.apply(record(value)) as SourceRecord).value

describe('RegexRouter', () => {
  test('topic after topic has its own route', () => {
    const router = made('RegexRouter', { regex: '([ab])\\d', replacement: 'x-$1' })
    const topics = ['a1', 'a1', 'c1', 'b2', 'c1', 'a1']
    const routed = topics.map(topic => (router.apply(record(1, topic)) as SourceRecord).topic)
    expect(routed).toEqual(['x-a', 'x-a', 'c1', 'x-b', 'c1', 'x-a'])
  })

  test('a faulty replacement fails every record that fits, not only the first', () => {
    const router = made('RegexRouter', { regex: 'a', replacement: '$1' })
    for (let i = 0; i < 2; i++) expect(() => router.apply(record(1, 'a'))).toThrow(new Error('No group 1'))
    const other = record(1, 'b')
    expect(router.apply(other)).toBe(other)
  })
})

describe('headers', () => {
  test('InsertHeader leaves the headers of the record that it was given', () => {
    const given = record(1, 't', new ConnectHeaders().addString('a', 'x'))
    const added = made('InsertHeader', { header: 'b', 'value.literal': '1' }).apply(given) as SourceRecord
    expect([...given.headers].map(header => header.key)).toEqual(['a'])
    expect([...added.headers].map(header => header.key)).toEqual(['a', 'b'])
  })

  test('HeaderFrom takes maps whose keys are no texts, and leaves what it was given', () => {
    const map = new Map<unknown, unknown>([
      ['f', 1],
      [2, 'two'],
    ])
    const given = record(map)
    const moved = made('HeaderFrom$Value', { fields: 'f', headers: 'h', operation: 'move' }).apply(given)
    expect((moved as SourceRecord).value).toEqual(new Map<unknown, unknown>([[2, 'two']]))
    expect((moved as SourceRecord).headers.lastWithName('h')!.value).toBe(1)
    expect(map.size).toBe(2)
  })

  test('what HeaderFrom leaves of a big map stays in the big map’s order', () => {
    const names = Array.from({ length: 40 }, (_, i) => `field${i}`)
    const value = Object.fromEntries(names.map(name => [name, 1]))
    const gone = names.slice(0, 35).join()
    const left = valueAfter(
      made('HeaderFrom$Value', { fields: gone, headers: gone, operation: 'move' }),
      value,
    ) as object
    const expected = keysInHashOrder(value).filter(key => names.indexOf(key) >= 35)
    expect(keysInHashOrder(left)).toEqual(expected)
  })
})

describe('TimestampConverter', () => {
  const unix = (precision: string, type: string, format = '') =>
    made('TimestampConverter$Value', { 'target.type': type, 'unix.precision': precision, format })

  test('longs that no number holds, in and out', () => {
    expect(valueAfter(unix('nanoseconds', 'Timestamp'), 1_566_570_894_346_999_999n)).toEqual(
      new Date(1_566_570_894_346),
    )
    expect(valueAfter(unix('nanoseconds', 'unix'), 1_566_570_894_346_999_999n)).toBe(
      1_566_570_894_346_000_000n,
    )
    expect(valueAfter(unix('nanoseconds', 'unix'), 7_999_999)).toBe(7_000_000)
  })

  test('a time that no date reaches is refused with the question that helps', () => {
    const seconds = unix('seconds', 'Timestamp')
    expect(() => valueAfter(seconds, 1_566_570_894_346)).not.toThrow()
    expect(() => valueAfter(seconds, 1_566_570_894_346_000)).toThrow(
      'lies outside the years -271821 to 275760',
    )
    expect(() => valueAfter(unix('seconds', 'string', 'yyyy'), 1_566_570_894_346_000)).toThrow('lies outside')
  })

  test('a struct of each of two schemas in turn', () => {
    const a = SchemaBuilder.struct().field('t', INT64_SCHEMA).build()
    const b = SchemaBuilder.struct().field('x', STRING_SCHEMA).field('t', STRING_SCHEMA).build()
    const converter = made('TimestampConverter$Value', { field: 't', 'target.type': 'Date', format: 'yyyy' })
    const converted = (struct: Struct) => {
      const given = new SourceRecord(null, null, 't', 0, null, null, struct.schema, struct)
      return ((converter.apply(given) as SourceRecord).value as Struct).get('t')
    }
    for (let i = 0; i < 3; i++) {
      expect(converted(new Struct(a).put('t', 86_400_001))).toEqual(new Date(86_400_000))
      expect(converted(new Struct(b).put('x', 'y').put('t', '1971'))).toEqual(new Date(Date.UTC(1971, 0)))
    }
  })
})

test('predicates', () => {
  const tests = (name: string, config: Record<string, string>, given: SourceRecord) => {
    const plugin = builtInPredicates.find(({ className }) => className.endsWith(`.${name}`))!
    return plugin.create(parseConfig(plugin.config, config), config).test(given)
  }
  expect(tests('HasHeaderKey', { name: 'a' }, record(1))).toBe(false)
  expect(tests('TopicNameMatches', { pattern: '.*' }, record(1, null))).toBe(false)
  expect(tests('TopicNameMatches', { pattern: 'a|to' }, record(1))).toBe(false)
  expect(tests('RecordIsTombstone', {}, record(undefined))).toBe(true)
})

/** Bytes that are no value of their schema: an error that names the place, at once, whatever they promise. */
import { expect, test } from 'bun:test'
import { DataException, SerializationException } from '../../../src/data/errors.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'
import { Random } from '../../conform/avro/random.ts'
import { RandomSchemas } from '../../conform/avro/random-schemas.ts'
import { decode, ENHANCED, formatWith, parse } from './harness.ts'

const record = (fields: unknown[], name = 'R'): object => ({ type: 'record', name, fields })
const row = record(
  [
    { name: 'id', type: 'long' },
    { name: 'name', type: ['null', 'string'] },
    {
      name: 'tags',
      type: { type: 'array', items: record([{ name: 'word', type: 'string' }], 'Tag') },
    },
  ],
  'Row',
)
const HUGE = 'feffffffffffffffff01' // 2^63 - 1
const E = { type: 'enum', name: 'E', symbols: ['A', 'B'] }

test.each<[string, unknown, string, string]>([
  ['nothing at all', row, '', 'ends too early: 1 bytes were to come, 0 are left (field id)'],
  ['a truncated text', row, '0202106162', 'ends too early: 8 bytes were to come, 2 are left (field name)'],
  ['a truncated text in an array', row, '020004026101', 'Length is negative'],
  [
    'the place in it',
    row,
    '020004026102',
    'ends too early: 1 bytes were to come, 0 are left (field tags[1].word)',
  ],
  ['a branch that is not there', row, '0204', 'Union branch 2 is out of range: there are 2 (field name)'],
  ['a negative branch', row, '0201', 'Union branch -1 is out of range: there are 2 (field name)'],
  [
    'a text of a huge length',
    'string',
    HUGE,
    'ends too early: 9223372036854775807 bytes were to come, 0 are left',
  ],
  ['a text of a negative length', 'string', '01', 'Length is negative: -1'],
  ['optional bytes of a huge length', ['null', 'bytes'], `02${HUGE}`, 'ends too early'],
  [
    'a fixed type cut off',
    { type: 'fixed', name: 'F', size: 8 },
    '00',
    'ends too early: 8 bytes were to come, 1 are left',
  ],
  [
    'an array of a huge length',
    { type: 'array', items: 'int' },
    HUGE,
    'A block of 9223372036854775807 elements cannot stand in the 0 bytes that are left',
  ],
  [
    'an array longer than its bytes',
    { type: 'array', items: 'double' },
    '0a0000',
    'A block of 5 elements cannot stand in the 2 bytes',
  ],
  [
    'a map longer than its bytes',
    { type: 'map', values: 'int' },
    '060000',
    'A block of 3 elements cannot stand in the 2 bytes',
  ],
  ['a negative block size', { type: 'array', items: 'int' }, '010102', 'Block size is negative: -1'],
  [
    'a block size beyond the end',
    { type: 'array', items: 'int' },
    '010802',
    'ends too early: 4 bytes were to come',
  ],
  [
    'elements without bytes',
    { type: 'array', items: record([]) },
    '8080808001' + '00',
    'More than 1048576 elements without any bytes',
  ],
  [
    'such elements again and again',
    { type: 'array', items: { type: 'array', items: record([]) } },
    '0480808001' + '0080808001' + '00',
    'More than 1048576 elements without any bytes',
  ],
  ['a symbol that is not there', E, '04', 'Symbol of E 2 is out of range: there are 2'],
  ['a negative symbol', E, '01', 'Symbol of E -1 is out of range'],
  ['an int of too many bytes', 'int', 'ffffffffffff01', 'Invalid int encoding'],
  ['a long of too many bytes', 'long', 'ffffffffffffffffffffff01', 'Invalid long encoding'],
  [
    'a decimal without bytes',
    ['null', { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 1 }],
    '0200',
    'A decimal has no bytes',
  ],
  ['schemaless data that is none', 'Anything', '04', 'Union branch 2 is out of range: there are 2'],
])('%s', (_name, schema, hex, message) => {
  const writer = schema === 'Anything' ? formatWith().schemaOf(null) : parse(schema)
  const read = (): unknown => decode(writer, hex)
  expect(read).toThrow(message)
  expect(read).toThrow(SerializationException)
})

test.each<[string, unknown, string, string]>([
  [
    'a time beyond the day',
    record([{ name: 't', type: { type: 'int', logicalType: 'time-millis' } }]),
    '80b899be01',
    '(field t)',
  ],
  [
    'a timestamp beyond those of JavaScript',
    { type: 'long', logicalType: 'timestamp-millis' },
    HUGE,
    'lies outside the years',
  ],
])('%s is no data', (_name, schema, hex, message) => {
  expect(() => decode(parse(schema), hex)).toThrow(message)
  expect(() => decode(parse(schema), hex)).toThrow(DataException)
})

test('bytes behind the value do not matter, as in Java', () => {
  expect(decode(parse('int'), '02ffff').value).toBe(1)
})

test('data that contains itself without end', () => {
  const list = parse(record([{ name: 'next', type: ['null', 'R'] }]))
  const read = (): unknown => decode(list, '02'.repeat(1_000_000))
  expect(read).toThrow('The data is nested too deeply')
  expect(read).toThrow(SerializationException)
  expect(decode(list, `${'02'.repeat(100)}00`).schema!.name).toBe('R')
})

test('random bytes end, in a value or an error of their own', () => {
  const random = new Random(4)
  const schemas = new RandomSchemas(random, { convertible: true })
  const into = new SchemaAndValue()
  let values = 0
  for (let i = 0; i < 300; i++) {
    const read = formatWith(ENHANCED).reader(parse(schemas.schema()), null)
    for (let k = 0; k < 20; k++) {
      const data = Buffer.from(
        Array.from({ length: random.below(60) }, () => random.below(random.pick([4, 256]))),
      )
      try {
        read(data, 0, data.length, into)
        values++
      } catch (error) {
        if (!(error instanceof SerializationException)) expect(error).toBeInstanceOf(DataException)
      }
    }
  }
  expect(values).toBeGreaterThan(100)
})

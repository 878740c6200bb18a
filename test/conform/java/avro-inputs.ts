/** Prints the inputs of AvroVectors.java, one a line. */
import { Random } from '../avro/random.ts'
import { RandomSchemas } from '../avro/random-schemas.ts'
import { randomStructs } from '../avro/random-structs.ts'

let count = 0
function emit(kind: string, members: Record<string, unknown>): void {
  console.log(JSON.stringify({ id: `${kind}-${++count}`, kind, ...members }))
}

function text(schema: unknown): void {
  emit('text', { text: typeof schema === 'string' ? schema : JSON.stringify(schema) })
}

const record = (name: string, fields: unknown[], more: object = {}): object => ({
  type: 'record',
  name,
  fields,
  ...more,
})
const field = (name: string, type: unknown, more: object = {}): object => ({ name, type, ...more })

// Texts that are schemas.
for (const primitive of ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']) {
  text(JSON.stringify(primitive))
  text({ type: primitive })
}
text({
  type: 'int',
  connect: 1,
  doc: 'gone',
  name: 'gone',
  z: { b: 1.0, a: [1e2, -0.0, 'x'] },
})
text('{"type":"double","a":1.0,"b":1e2,"c":-0.0,"d":12345678901234567890,"e":0.1e-6,"f":1E400}')
text('{"type":"string","a":"\\u0001\\u001f\\t\\n/\\u2028\\ud83d\\ude00","A":"é"}')
text('/* a comment */ {"type": "string" // another\n}')
text({ type: 'array', items: { type: 'map', values: ['null', 'int'] } })
text(
  record('a.b.R', [field('x', { type: 'fixed', name: 'F', size: 3 }), field('y', 'F'), field('z', 'a.b.F')]),
)
text(
  record(
    'R',
    [
      field('x', { type: 'enum', name: 'n.E', symbols: ['A'] }),
      field('y', ['null', 'n.E'], { default: null }),
    ],
    { namespace: 'm' },
  ),
)
text(record('R', [field('x', record('S', [], { namespace: '' }))], { namespace: 'm' }))
text(record('R', [field('x', record('S', [], { namespace: '' })), field('y', 'S')], { namespace: 'm' }))
text(
  record('Tree', [
    field('value', 'int'),
    field('left', ['null', 'Tree']),
    field('kids', { type: 'array', items: 'Tree' }),
  ]),
)
text(record('R', [field('x', 'Later'), field('y', record('Later', [field('n', 'int')]))]))
text(
  record('R', [field('x', ['null', 'q.Later']), field('y', { type: 'array', items: record('q.Later', []) })]),
)
text(
  record('R', [field('x', 'long', { order: 'ignore', aliases: ['o1', 'o2'], p: 1, doc: 'd', default: 3 })], {
    aliases: ['Old', 'b.Older', 'a.R2'],
    namespace: 'a',
    doc: 'D',
    q: { k: null },
  }),
)
text({ type: 'error', name: 'Problem', fields: [field('why', 'string')] })
text({ type: 'enum', name: 'int1', symbols: ['A', 'B'], default: 'B', doc: 'e', aliases: ['x.Y'], p: [] })
text(
  record('R', [
    field('f', 'float', { default: 'NaN' }),
    field('d', 'double', { default: '-Infinity' }),
    field('e', 'double', { default: 1 }),
  ]),
)
text(
  record('R', [
    field('u', ['int', 'null'], { default: null }),
    field('v', ['null', 'string'], { default: 'x' }),
  ]),
)
text(
  record('R', [
    field('r', record('S', [field('a', 'int'), field('b', 'int', { default: 2 })]), { default: { a: 1 } }),
  ]),
)
text(
  record('R', [
    field('e', { type: 'enum', name: 'E', symbols: ['A'] }),
    field('again', { type: 'enum', name: 'E', symbols: ['A'] }),
  ]),
)
text(record('Ünïcödé', [field('_ñ', 'int')]))
text(record('a.record', [field('x', record('b.record', [])), field('y', 'a.record')]))
text([record('A', []), record('B', [field('a', 'A')])])
text({ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 5 })
text('{"type":"int","type":"long","a":1,"a":2}')
// Texts that are none.
text('"Foo"')
text('{')
text('')
text('12')
text('{"type":["null","int"]}')
text('{"type":"int"} x')
text({ name: 'x' })
text({ type: 'record', name: 'R' })
text({ type: 'record', fields: [] })
text(record('1R', []))
text(record('a-b', []))
text(record('a-b.C', []))
text(record('int', []))
text(record('R', [field('a-b', 'int')]))
text(record('R', [field('', 'int')]))
text(record('R', [{ name: 'x' }]))
text(record('R', [{ type: 'int' }]))
text(record('R', [field('x', 'Nowhere')], { namespace: 'n' }))
text(record('R', [field('x', 'int'), field('x', 'string')]))
text(record('R', [field('x', record('S', [])), field('y', record('S', []))]))
text(record('R', [field('x', 'int', { order: 'sideways' })]))
text(record('R', [field('x', 'int', { aliases: 'a' })]))
text(record('R', [field('x', 'int', { aliases: [1] })]))
text({ type: 'enum', name: 'E' })
text({ type: 'enum', name: 'E', symbols: ['A', 'A'] })
text({ type: 'enum', name: 'E', symbols: ['A B'] })
text({ type: 'enum', name: 'E', symbols: ['A'], default: 'B' })
text({ type: 'fixed', name: 'F' })
text({ type: 'fixed', name: 'F', size: '4' })
text({ type: 'fixed', name: 'F', size: -4 })
text({ type: 'array' })
text({ type: 'map' })
text(['int', 'int'])
text(['int', ['null']])
text([record('A', []), 'A'])
for (const [type, value] of [
  ['int', 'x'],
  ['int', 1.0e10],
  ['int', 2147483648],
  ['long', 1.5],
  ['string', 1],
  ['boolean', 0],
  ['bytes', 1],
  [['null', 'int'], 'x'],
  [{ type: 'array', items: 'int' }, ['x']],
  [{ type: 'map', values: 'int' }, { a: null }],
  [record('S', [field('a', 'int')]), {}],
  ['null', 1],
  ['double', 'x1'],
])
  text(record('R', [field('x', type, { default: value })]))

const random = new Random(20260822)
const schemas = new RandomSchemas(random)
const texts: string[] = []
for (let i = 0; i < 150; i++) texts.push(JSON.stringify(schemas.schema()))
for (const each of texts) text(each)

// Which schema reads what of which other.
const E = (symbols: string[], more: object = {}): object => ({ type: 'enum', name: 'E', symbols, ...more })
const F = (size: number, name = 'F'): object => ({ type: 'fixed', name, size })
const family: unknown[] = [
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
  E(['A', 'B']),
  E(['B', 'C', 'A']),
  E(['A'], { default: 'A' }),
  E(['A', 'B'], { name: 'E2', aliases: ['E'] }),
  F(4),
  F(5),
  F(4, 'G'),
  { type: 'array', items: 'int' },
  { type: 'array', items: 'double' },
  { type: 'map', values: 'long' },
  { type: 'map', values: ['null', 'string'] },
  ['null', 'int'],
  ['long', 'null', 'string'],
  ['string', 'bytes', E(['A'])],
  record('R', [field('a', 'int')]),
  record('R', [field('a', 'long'), field('b', 'string')]),
  record('R', [field('a', 'long'), field('b', 'string', { default: '' })]),
  record('R', [field('a', ['null', 'int']), field('e', E(['A'], { default: 'A' }))]),
  record('n.R', [field('z', 'int', { aliases: ['a'] }), field('e', E(['A', 'B']))]),
  record('S', [field('a', 'int')], { aliases: ['R'] }),
  record('R', [field('next', ['null', 'R']), field('v', 'int')]),
  record('R', [field('next', ['null', 'R'], { default: null }), field('v', 'string'), field('w', F(5))]),
  record('R', [field('next', ['null', 'R'], { default: null }), field('v', 'long'), field('w', F(4))]),
  record('R', [field('x', 'int', { aliases: ['a', 'b'] })]),
]
for (const reader of family)
  for (const writer of family)
    emit('pair', { reader: JSON.stringify(reader), writer: JSON.stringify(writer) })
for (let i = 0; i + 1 < texts.length; i += 6) emit('pair', { reader: texts[i], writer: texts[i + 1] })

// Values.
function datum(schema: unknown, json: string): void {
  emit('datum', { text: JSON.stringify(schema), json })
}
for (const n of ['0', '-1', '1', '63', '-64', '64', '8191', '-8193', '2147483647', '-2147483648'])
  datum('int', n)
for (const n of [
  '0',
  '-1',
  '2147483648',
  '-2147483649',
  '34359738367',
  '34359738368',
  '4611686018427387903',
  '9007199254740991',
  '-9007199254740991',
  '9007199254740992',
  '-9007199254740993',
  '18014398509481983',
  '-18014398509481984',
  '9223372036854775807',
  '-9223372036854775808',
])
  datum('long', n)
for (const n of ['0.0', '-0.0', '1.5', '3.4028235E38', '1.4E-45']) datum('float', n)
for (const n of ['0.0', '-0.0', '0.1', '1.7976931348623157E308', '4.9E-324']) datum('double', n)
for (const s of [
  '',
  'a',
  'Grüße',
  '漢字',
  '🙂 emoji',
  '\u0000',
  'x'.repeat(63),
  'x'.repeat(64),
  'é'.repeat(32),
  'é'.repeat(4096),
  'long '.repeat(40),
])
  datum('string', JSON.stringify(s))
datum('boolean', 'true')
datum('boolean', 'false')
datum('bytes', '"\\u0000ÿ\\u0080"')
datum(F(4), '"\\u0001\\u0002ÿ\\u0000"')
datum(E(['A', 'B', 'C']), '"C"')
datum({ type: 'array', items: 'int' }, '[]')
datum({ type: 'array', items: 'int' }, '[1,-2,3]')
datum({ type: 'map', values: 'string' }, '{}')
datum({ type: 'map', values: 'string' }, '{"k":"v"}')
datum(['null', 'int', 'string'], 'null')
datum(['null', 'int', 'string'], '{"int":5}')
datum(['null', 'int', 'string'], '{"string":"s"}')
datum(
  record('Tree', [field('v', 'int'), field('kids', { type: 'array', items: 'Tree' })]),
  '{"v":1,"kids":[{"v":2,"kids":[]},{"v":3,"kids":[{"v":4,"kids":[]}]}]}',
)

const withValues = new RandomSchemas(new Random(7), { convertible: true })
for (let seed = 0; seed < 150; seed++) emit('random', { text: JSON.stringify(withValues.schema()), seed })

// Values read into another schema.
function resolve(writer: unknown, reader: unknown, json: string): void {
  emit('resolve', { writer: JSON.stringify(writer), reader: JSON.stringify(reader), json })
}
resolve('int', 'long', '7')
resolve('int', 'float', '16777217')
resolve('int', 'double', '-7')
resolve('long', 'double', '9007199254740993')
resolve('long', 'float', '9007199254740993')
resolve('float', 'double', '0.1')
resolve('bytes', 'string', '"abc"')
resolve('string', 'bytes', '"é"')
resolve('int', ['null', 'string', 'long'], '5')
resolve(['int', 'string'], 'long', '{"int":5}')
resolve(['int', 'string'], 'long', '{"string":"x"}')
resolve(['int', 'string'], ['string', 'long'], '{"int":5}')
resolve(E(['A', 'B']), E(['B', 'A']), '"A"')
resolve(E(['A', 'B']), E(['B'], { default: 'B' }), '"A"')
resolve(E(['A', 'B']), E(['B']), '"A"')
const old = record('R', [
  field('a', 'int'),
  field('gone', { type: 'array', items: 'string' }),
  field('b', ['null', 'string']),
])
resolve(
  old,
  record('R', [field('b', ['null', 'string']), field('a', 'long')]),
  '{"a":1,"gone":["x","y"],"b":{"string":"z"}}',
)
resolve(
  old,
  record('R', [
    field('a', 'int'),
    field('n', 'int', { default: 9 }),
    field('s', { type: 'map', values: 'int' }, { default: { k: 1 } }),
  ]),
  '{"a":1,"gone":[],"b":null}',
)
resolve(old, record('R', [field('a', 'int'), field('n', 'int')]), '{"a":1,"gone":[],"b":null}')
resolve(
  old,
  record('New', [field('x', 'int', { aliases: ['a'] }), field('b', 'string')], { aliases: ['R'] }),
  '{"a":1,"gone":[],"b":{"string":"t"}}',
)
resolve(
  record('L', [field('v', 'int'), field('next', ['null', 'L'])]),
  record('L', [
    field('next', ['null', 'L'], { default: null }),
    field('v', 'long'),
    field('w', 'string', { default: 'w' }),
  ]),
  '{"v":1,"next":{"L":{"v":2,"next":null}}}',
)
resolve({ type: 'array', items: 'int' }, { type: 'array', items: ['null', 'double'] }, '[1,2]')
resolve({ type: 'map', values: F(4) }, { type: 'map', values: F(4) }, '{"k":"abcd"}')
resolve(F(4), F(5), '"abcd"')

// What the converter makes of random structs.
for (const written of randomStructs()) emit('connect', { ...written })

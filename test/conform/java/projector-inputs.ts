/** Prints the inputs of vectors/schema-projections.json, one a line, for ProjectorVectors.java. */
import type { SchemaVector, TaggedValue } from '../data/vectors.ts'

let count = 0
function emit(source: SchemaVector, value: TaggedValue, target: SchemaVector): void {
  console.log(
    JSON.stringify({ id: `projection-${++count}`, group: 'projector', in: { source, value, target } }),
  )
}

const NUMBERS: [type: string, values: TaggedValue[]][] = [
  ['INT8', [{ int8: -128 }]],
  ['INT16', [{ int16: 32767 }]],
  ['INT32', [{ int32: -2147483648 }, { int32: 16777217 }]],
  [
    'INT64',
    ['9007199254740993', '9223372036854775807', '16777217', '-36028797018963969'].map(n => ({ int64: n })),
  ],
  ['FLOAT32', [{ float32: '0.1' }, { float32: 'NaN' }]],
  ['FLOAT64', [{ float64: '0.1' }, { float64: '1.0E300' }]],
  ['BOOLEAN', [{ boolean: true }]],
  ['STRING', [{ string: 'x' }]],
  ['BYTES', [{ bytes: '00ff' }]],
]
for (const [type, values] of NUMBERS)
  for (const [target] of NUMBERS) for (const value of values) emit({ type }, value, { type: target })

const int = { type: 'INT32' }
const optionalInt = { type: 'INT32', optional: true }
const withDefault = { type: 'INT32', default: { int32: 8 } }
const optionalDefault = { type: 'INT32', optional: true, default: { int32: 9 } }
const all = [int, optionalInt, withDefault, optionalDefault]
for (const source of all)
  for (const target of all) for (const value of [null, { int32: 3 }]) emit(source, value, target)

const named = (name: string): SchemaVector => ({ type: 'INT32', name })
emit(named('a'), { int32: 1 }, named('b'))
emit(named('a'), { int32: 1 }, int)
emit({ ...named('a'), version: 1, doc: 'x' }, { int32: 1 }, { ...named('a'), version: 2 })
emit({ ...int, parameters: { a: 'b', c: 'd' } }, { int32: 1 }, int)
emit({ ...int, parameters: { a: 'b' } }, { int32: 1 }, { ...int, parameters: { a: 'c' } })
emit({ ...int, parameters: { a: 'b', c: 'd' } }, { int32: 1 }, { ...int, parameters: { c: 'd', a: 'b' } })
for (const [name, type] of [
  ['Date', 'INT32'],
  ['Time', 'INT32'],
  ['Timestamp', 'INT64'],
] as const) {
  const schema = { type, name: `org.apache.kafka.connect.data.${name}`, version: 1 }
  emit(schema, { date_ms: '86400000' }, schema)
  emit(schema, { date_ms: '86400000' }, { ...schema, type: 'INT64' })
}

const struct = (...fields: [name: string, schema: SchemaVector][]): SchemaVector => ({
  type: 'STRUCT',
  fields: fields.map(([name, schema]) => ({ name, schema })),
})
const ab = struct(['a', int], ['b', optionalDefault])
const value = { struct: { a: { int32: 1 }, b: null } }
emit(ab, value, ab)
emit(ab, value, struct(['b', { type: 'INT64', optional: true }]))
emit(ab, value, struct(['c', optionalDefault], ['d', withDefault]))
emit(ab, value, struct(['c', int]))
emit(ab, value, struct(['a', { type: 'STRING' }]))
emit(ab, value, struct(['a', struct()]))
emit(ab, value, { ...struct(['a', int]), name: 'x' })
emit(
  struct(['s', ab]),
  { struct: { s: { struct: value.struct } } },
  struct(['s', struct(['a', { type: 'FLOAT64' }])]),
)
emit(struct(['s', ab]), { struct: { s: { struct: value.struct } } }, struct(['s', struct(['z', int])]))
emit(struct(['o', optionalInt]), { struct: { o: null } }, struct(['o', int]))
emit(struct(['o', optionalInt]), { struct: { o: null } }, struct(['o', withDefault]))
emit(struct(['r', withDefault]), { struct: { r: null } }, struct(['r', int]))

const list = (valueSchema: SchemaVector): SchemaVector => ({ type: 'ARRAY', valueSchema })
const map = (keySchema: SchemaVector, valueSchema: SchemaVector): SchemaVector => ({
  type: 'MAP',
  keySchema,
  valueSchema,
})
emit(list(int), { array: [] }, list({ type: 'FLOAT32' }))
emit(list(optionalInt), { array: [null, { int32: 1 }] }, list({ type: 'INT64', optional: true }))
emit(list(optionalInt), { array: [null, { int32: 1 }] }, list(withDefault))
emit(list(optionalInt), { array: [null] }, list(int))
emit(list(int), { array: [{ int32: 1 }] }, list({ type: 'STRING' }))
emit(list(list(int)), { array: [{ array: [{ int32: 1 }] }] }, list(list({ type: 'INT64' })))
emit(map(int, ab), { map: [[{ int32: 1 }, value]] }, map({ type: 'INT64' }, struct(['a', int])))
emit(map(int, int), { map: [[{ int32: 1 }, { int32: 2 }]] }, map({ type: 'INT8' }, int))
emit(map(int, int), { map: [] }, list(int))

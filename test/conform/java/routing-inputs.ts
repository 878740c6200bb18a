/**
 * Prints the inputs of vectors/routing-transforms.json, one a line, for TransformVectors.java: timestamps, headers and
 * topics in forms that data-vectors.json does not have.
 */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type Config = Record<string, string>

const PACKAGE = 'org.apache.kafka.connect.transforms.'
const DATA = 'org.apache.kafka.connect.data.'
const TIME = '1566570894346'
let count = 0

function emit(name: string, config: Config, record: Record<string, Json>): void {
  const full = {
    kind: 'source',
    topic: 'topic',
    partition: 0,
    keySchema: null,
    key: null,
    valueSchema: null,
    value: null,
    timestamp: Number(TIME),
    headers: [],
    sourcePartition: { f: 'p' },
    sourceOffset: { o: 1 },
    ...record,
  }
  const input = { class: PACKAGE + name, config, record: full }
  console.log(JSON.stringify({ id: `routing-${++count}`, group: 'smt', in: input }))
}

const date = (ms: string | number): Json => ({ date_ms: String(ms) })
const long = (n: string | number): Json => ({ int64: String(n) })
const text = (s: string): Json => ({ string: s })
const map = (entries: Record<string, Json>): Json => ({
  map: Object.entries(entries).map(([key, value]) => [text(key), value]),
})
const logical = (name: string, type: string, more: Record<string, Json> = {}): Json => ({
  type,
  name: DATA + name,
  version: 1,
  ...more,
})
const optional = (schema: Json): Json => ({ ...(schema as object), optional: true }) as Json

const TARGETS: Config[] = [
  { 'target.type': 'string', format: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX" },
  { 'target.type': 'string', format: 'EEE, d MMM yy h:mm a' },
  { 'target.type': 'unix' },
  { 'target.type': 'unix', 'unix.precision': 'seconds' },
  { 'target.type': 'unix', 'unix.precision': 'microseconds' },
  { 'target.type': 'unix', 'unix.precision': 'nanoseconds' },
  { 'target.type': 'Date' },
  { 'target.type': 'Time' },
  { 'target.type': 'Timestamp' },
]
const TIMESTAMP = logical('Timestamp', 'INT64')
const WHOLE: [schema: Json, value: Json][] = [
  [TIMESTAMP, date(TIME)],
  [TIMESTAMP, date(-1)],
  [optional(TIMESTAMP), null],
  [logical('Date', 'INT32'), date(1566518400000)],
  [logical('Time', 'INT32'), date(52494346)],
  [{ type: 'INT64' }, long(TIME)],
  [{ type: 'INT64' }, long(-86400001)],
  [optional({ type: 'INT64' }), null],
  [{ type: 'STRING' }, text('2019-08-23T14:34:54.346Z')],
  [{ type: 'INT32' }, { int32: 5 }],
  [{ type: 'INT32', optional: true }, null],
  [{ type: 'INT64' }, text('not a long')],
  [TIMESTAMP, long(5)],
  [{ type: 'STRING' }, long(5)],
  [null, date(TIME)],
  [null, long(TIME)],
  [null, long(-1001)],
  [null, text('2019-08-23T14:34:54.346+02:00')],
  [null, { float64: '1.5' }],
  [null, { boolean: true }],
  [null, map({ ts: long(1) })],
]
for (const config of TARGETS) {
  for (const [valueSchema, value] of WHOLE) {
    const format = { format: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", ...config }
    emit('TimestampConverter$Value', format, { valueSchema, value })
  }
}
for (const precision of ['seconds', 'milliseconds', 'microseconds', 'nanoseconds']) {
  for (const time of [
    '0',
    '-1',
    '999',
    '-999',
    '1000',
    '-1000',
    '999999',
    '-1000001',
    '1566570894346999',
    '9007199254740993',
  ])
    if (!/^(?:milli)?seconds$/.test(precision) || time.length < 12)
      emit(
        'TimestampConverter$Value',
        { 'target.type': 'Timestamp', 'unix.precision': precision },
        { value: long(time) },
      )
}
for (const precision of ['microseconds', 'nanoseconds']) {
  for (const time of [
    '8640000000000000',
    '-8640000000000000',
    '9223372036854',
    '9223372036855',
    '-9223372036855',
    '9007199254741',
  ])
    emit(
      'TimestampConverter$Value',
      { 'target.type': 'unix', 'unix.precision': precision },
      { value: date(time) },
    )
}

const row = (ts: Json, more: Record<string, Json> = {}): Json => ({
  type: 'STRUCT',
  fields: [
    { name: 'ts', schema: ts },
    { name: 'other', schema: { type: 'STRING', default: text('o') } },
  ],
  ...more,
})
const STRUCTS: [schema: Json, value: Json][] = [
  [row(TIMESTAMP), { ts: date(TIME), other: text('x') }],
  [row(optional(TIMESTAMP)), { ts: null, other: null }],
  [row({ type: 'INT64', default: long(7) }), { ts: null, other: text('x') }],
  [row({ type: 'STRING', doc: 'when', name: 'n' }), { ts: text('2019-08-23'), other: null }],
  [
    row({ type: 'STRING' }, { name: 'rec', version: 3, doc: 'd', parameters: { p: 'q' }, optional: true }),
    { ts: text('2019-08-23'), other: null },
  ],
  [row({ type: 'BOOLEAN' }), { ts: { boolean: true }, other: null }],
  [row({ type: 'BOOLEAN', optional: true }), { ts: null, other: null }],
  [row({ type: 'INT64', optional: true }, { optional: true }), null],
  [row({ type: 'BOOLEAN' }, { optional: true }), null],
]
for (const [valueSchema, fields] of STRUCTS) {
  const value = fields === null ? null : { struct: fields }
  for (const config of TARGETS.slice(2)) {
    const given = { field: 'ts', format: 'yyyy-MM-dd', ...config }
    emit('TimestampConverter$Value', given, { valueSchema, value })
  }
  emit(
    'TimestampConverter$Value',
    { field: 'ts', 'target.type': 'Date', format: 'yyyy-MM-dd', 'replace.null.with.default': 'false' },
    { valueSchema, value },
  )
  emit('TimestampConverter$Value', { field: 'gone', 'target.type': 'Date' }, { valueSchema, value })
}
for (const value of [
  map({ ts: long(TIME), a: text('b') }),
  map({ ts: text('x') }),
  map({}),
  map({ ts: null }),
  null,
  text('s'),
  { array: [] },
  map({ ts: map({}) }),
])
  emit('TimestampConverter$Key', { field: 'ts', 'target.type': 'string', format: 'yyyy' }, { key: value })
emit(
  'TimestampConverter$Value',
  { field: 'ts', 'target.type': 'Date' },
  { valueSchema: { type: 'STRING' }, value: text('x') },
)
emit(
  'TimestampConverter$Value',
  { field: 'ts', 'target.type': 'Date' },
  { valueSchema: { type: 'STRING', optional: true }, value: null },
)
const WRONG: Config[] = [
  { 'target.type': 'timestamp' },
  { 'target.type': 'string', format: ' ' },
  { 'target.type': 'Date', format: 'X XXXX' },
  { 'target.type': 'Date', 'unix.precision': 'hours' },
  { 'target.type': 'string', format: "'" },
  { 'target.type': 'Date', 'replace.null.with.default': 'maybe' },
]
for (const config of WRONG) emit('TimestampConverter$Value', config, { value: date(0) })

const REC: Json = {
  type: 'STRUCT',
  name: 'rec',
  version: 2,
  doc: 'd',
  optional: true,
  parameters: { p: 'q' },
  fields: [
    { name: 'i', schema: { type: 'INT32' } },
    { name: 's', schema: { type: 'STRING', optional: true } },
    { name: 'd', schema: { type: 'INT64', optional: true, default: long(9) } },
    { name: 'r', schema: { type: 'STRING', default: text('dd') } },
    { name: 't', schema: TIMESTAMP },
  ],
}
const values: Json = { struct: { i: { int32: 5 }, s: null, d: null, r: null, t: date(TIME) } }
const LISTS: [fields: string, headers: string][] = [
  ['i', 'hi'],
  ['i,s,d,r,t', 'a,b,c,d,e'],
  ['d,r', 'h,h'],
  ['i,i', 'x,y'],
  ['gone', 'g'],
  ['i,gone', 'a,b'],
  ['', 'x'],
  ['i', ''],
  ['i,,s', 'a,b,'],
]
const one = [{ key: 'a', schema: { type: 'STRING' }, value: text('kept') }]
for (const [fields, headers] of LISTS) {
  for (const operation of ['move', 'copy']) {
    for (const replace of ['true', 'false']) {
      const config = { fields, headers, operation, 'replace.null.with.default': replace }
      emit('HeaderFrom$Value', config, { valueSchema: REC, value: values, headers: one })
    }
    const schemaless = map({ i: { int32: 1 }, s: text('x'), '': { boolean: true }, z: { array: [] } })
    emit('HeaderFrom$Key', { fields, headers, operation }, { key: schemaless, headers: one })
  }
}
for (const operation of ['move', 'copy', 'MOVE', '']) {
  for (const value of [null, text('x'), { array: [] }, map({})])
    emit('HeaderFrom$Value', { fields: 'i', headers: 'h', operation }, { value })
  emit(
    'HeaderFrom$Value',
    { fields: 'i', headers: 'h', operation },
    { valueSchema: { type: 'STRING' }, value: text('x') },
  )
}
emit('HeaderFrom$Value', {}, {})
emit('HeaderFrom$Value', { fields: 'a', headers: 'b' }, {})

for (const literal of [
  '',
  'null',
  'true',
  ' 12 ',
  '-129',
  '1.5',
  '1e400',
  '"q"',
  '[1,null]',
  '{"a":1}',
  '{"a":[1,"x"]}',
  '2019-08-23',
  '12:00:00.000Z',
  'NaN',
  '[]',
  '{}',
  'ünï',
])
  emit('InsertHeader', { header: 'a', 'value.literal': literal }, { value: { int32: 1 }, headers: one })
emit('InsertHeader', { header: '', 'value.literal': 'x' }, { value: null })
emit('InsertHeader', { header: 'a' }, {})
emit('InsertHeader', {}, {})

const three = ['a', 'b', 'a', 'A'].map(key => ({ key, schema: null, value: text(key) }))
for (const headers of ['a', 'b,a', 'x', 'A', 'a,a', 'a,,b', ',', ' '])
  emit('DropHeaders', { headers }, { value: text('v'), headers: three })
emit('DropHeaders', {}, {})
emit('Filter', { any: 'thing' }, { value: text('v') })

for (const [regex, replacement] of [
  ['(.*)', 'pre-$1'],
  ['to', 'x'],
  ['t|topic', '<$0>'],
  ['(?i)TOPIC', 'a'],
  ['(t)(o)(p)(ic)', '$4$3$2$1'],
  ['topic', ''],
  ['topic', '$1'],
  ['topic', 'a\\'],
  ['', 'x'],
  ['[', 'x'],
  ['*', 'x'],
  ['topic', 'a$'],
  ['(?<n>.*)', '${n}-${n}'],
  ['(?<n>.*)', '${m}'],
] as const)
  emit('RegexRouter', { regex, replacement }, { value: text('v') })
emit('RegexRouter', { regex: 'topic' }, {})
emit('RegexRouter', { replacement: 'topic' }, {})
emit('RegexRouter', { regex: 'a', replacement: 'b' }, { topic: null })

for (const format of [
  '${topic}-${timestamp}',
  '${timestamp}',
  '${topic}${topic}',
  '$topic',
  '${TOPIC}',
  '',
  '\\${topic}$1',
])
  for (const pattern of ['yyyyMMdd', 'yyyy-MM', "'${topic}'", 'YYYY.ww', 'q', ''])
    emit('TimestampRouter', { 'topic.format': format, 'timestamp.format': pattern }, { value: text('v') })
for (const timestamp of [0, -1, 253402300800000, -62135596800000]) emit('TimestampRouter', {}, { timestamp })
emit('TimestampRouter', {}, { topic: '${timestamp}' })
emit('TimestampRouter', {}, { topic: null })
emit('TimestampRouter', { 'timestamp.format': 'q' }, { timestamp: null })
emit('TimestampRouter', { 'timestamp.format': 'q' }, { topic: null })

import {
  chain,
  converter,
  envelope,
  explained,
  type InputRecord,
  logged,
  type PipelineCase,
  type SinkCase,
  strings,
  struct,
  tolerant,
  values,
  withSchemas,
} from '../case.ts'

/** Stops at the first with tolerance none, goes over all with tolerance all and tells each. */
function strictAndTolerant(
  name: string,
  input: readonly InputRecord[],
  config: Record<string, string> = {},
): SinkCase[] {
  return [
    { name: `bad-${name}`, input, config },
    {
      name: `bad-${name}-all`,
      input: [...input, ...input],
      config: { ...config, ...tolerant, ...explained },
    },
  ]
}

const invalidText = Buffer.concat([
  Buffer.from('{"a":"x'),
  Buffer.from([0xff, 0xc3, 0x28]),
  Buffer.from('"}'),
])

export const badInputCases: PipelineCase[] = [
  ...strictAndTolerant('json-empty', values('')),
  ...strictAndTolerant('json-cut', values('{"a":1')),
  ...strictAndTolerant('json-unquoted', values('{a:1}')),
  ...strictAndTolerant('json-word', values('hello world')),
  ...strictAndTolerant('json-trailing', values('1 2', '{"a":1}}', '[1] x')),
  ...strictAndTolerant(
    'json-more',
    values('{"a":tru}', '[1,]', '"\\x"', '01', '{"a" 1}', '"line\nfeed"', "'a'"),
  ),
  ...strictAndTolerant('envelope-plain', values('{"a":1}'), withSchemas),
  ...strictAndTolerant(
    'envelope-keys',
    values('{"schema":{"type":"string"},"payload":"x","z":1}'),
    withSchemas,
  ),
  ...strictAndTolerant('envelope-no-object', values('"text"', '[1]', '7'), withSchemas),
  ...strictAndTolerant('envelope-no-type', values('{"schema":{},"payload":1}'), withSchemas),
  ...strictAndTolerant('envelope-unknown-type', values(envelope({ type: 'int128' }, 1)), withSchemas),
  ...strictAndTolerant(
    'envelope-bad-struct',
    values(
      envelope({ type: 'struct', fields: [{ type: 'string' }] }, {}),
      envelope({ type: 'struct' }, {}),
      envelope({ type: 'array' }, []),
      envelope({ type: 'map', keys: { type: 'string' } }, {}),
    ),
    withSchemas,
  ),
  ...strictAndTolerant(
    'range',
    values(
      envelope({ type: 'int8' }, 300),
      envelope({ type: 'int16' }, -40000),
      envelope({ type: 'int32' }, 3e9),
      '{"schema":{"type":"int64"},"payload":92233720368547758080}',
    ),
    withSchemas,
  ),
  ...strictAndTolerant('utf8', values(invalidText)),
  ...strictAndTolerant(
    'schema-does-not-fit',
    values(
      envelope({ type: 'string' }, 5),
      envelope({ type: 'boolean' }, 'x'),
      envelope({ type: 'int32' }, 'x'),
      envelope({ type: 'array', items: { type: 'string' } }, {}),
      envelope({ type: 'bytes' }, '***'),
      envelope(struct(['a', 'int32', { optional: false }]), {}),
      envelope(struct(['a', 'int32']), 7),
      envelope({ type: 'string' }, null),
    ),
    withSchemas,
  ),
  ...strictAndTolerant('number-length', values(Buffer.from([0, 1, 2])), converter('value', 'Integer')),
  ...strictAndTolerant('short-length', values('x'), converter('value', 'Short')),
  ...strictAndTolerant(
    'boolean-length',
    values(Buffer.from([2]), Buffer.from([1, 1])),
    converter('value', 'Boolean'),
  ),
  ...strictAndTolerant('double-length', values(Buffer.from([2])), converter('value', 'Double')),
  ...strictAndTolerant(
    'header',
    [{ key: '1', value: '1', headers: [['h', '{"a"']] }],
    converter('header', 'Json', { 'schemas.enable': 'false' }),
  ),
  ...strictAndTolerant(
    'header-length',
    [{ key: '1', value: '1', headers: [['h', 'abc']] }],
    converter('header', 'Long'),
  ),
  ...strictAndTolerant('cast-list', values('[1]', '{"a":[1]}'), chain(['Cast$Value', { spec: 'a:int8' }])),
  ...strictAndTolerant(
    'cast-whole',
    values('[1]', '{"a":1}', '"x"'),
    chain(['Cast$Value', { spec: 'int8' }]),
  ),
  ...strictAndTolerant('mask-null', values(null), chain(['MaskField$Value', { fields: 'a' }])),
  ...strictAndTolerant(
    'mask-type',
    values('{"a":{"b":1}}'),
    chain(['MaskField$Value', { fields: 'a', replacement: 'x' }]),
  ),
  ...strictAndTolerant(
    'mask-number',
    values('{"a":1}'),
    chain(['MaskField$Value', { fields: 'a', replacement: 'abc' }]),
  ),
  ...strictAndTolerant('key-of-text', values('"x"', null), chain(['ValueToKey', { fields: 'a' }])),
  ...strictAndTolerant('extract-of-text', values('"x"'), chain(['ExtractField$Value', { field: 'a' }])),
  ...strictAndTolerant(
    'insert-into-list',
    values('[1]'),
    chain(['InsertField$Value', { 'topic.field': 't' }]),
  ),
  ...strictAndTolerant(
    'timestamp',
    values('"yesterday"', 'true', '1.5'),
    chain(['TimestampConverter$Value', { 'target.type': 'Date', format: 'yyyy-MM-dd' }]),
  ),
  ...strictAndTolerant(
    'timestamp-without-format',
    values('"2026-01-01"'),
    chain(['TimestampConverter$Value', { 'target.type': 'Date' }]),
  ),
  ...strictAndTolerant(
    'flatten-map',
    values(
      envelope(struct(['m', 'map', { keys: { type: 'string' }, values: { type: 'int8' } }]), { m: { a: 1 } }),
    ),
    { ...withSchemas, ...chain(['Flatten$Value']) },
  ),
  ...strictAndTolerant('router', values('1'), chain(['RegexRouter', { regex: '(.*)', replacement: '$3' }])),
  { name: 'bad-negative-timestamp', input: [{ value: '1', timestamp: -5 }], config: tolerant },
  {
    name: 'bad-large-source',
    lines: ['small', 'x'.repeat(2_000_000), 'last'],
    config: strings,
  },
  {
    name: 'bad-large-source-all',
    lines: ['small', 'x'.repeat(2_000_000), 'last'],
    records: 2,
    config: { ...strings, ...tolerant, ...logged },
  },
  {
    name: 'bad-large-source-allowed',
    lines: ['small', 'x'.repeat(2_000_000), 'last'],
    config: { ...strings, 'producer.override.max.request.size': '50000000' },
  },
  { name: 'bad-large-sink', input: values('small', 'x'.repeat(3_000_000), 'last'), config: strings },
  {
    name: 'bad-utf8-source',
    lines: ['small', Buffer.from([0x62, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]), 'last'],
    config: { ...withSchemas, ...chain(['HoistField$Value', { field: 'line' }]) },
  },
]

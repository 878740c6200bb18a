import { chain, converter, predicates, type SourceCase, strings, tolerant, withSchemas } from '../case.ts'

const lines = ['alpha', 'beta', '', 'gamma "quoted" \\', 'é漢 \u{1F600}', 'omega']
const numbers = ['1', '-1', '127', '42']
const hoist = ['HoistField$Value', { field: 'line' }] as const
const constant = (field: string, value: string) =>
  ['InsertField$Value', { 'static.field': field, 'static.value': value }] as const

/** FileStreamSource gives STRING lines; chains make everything else out of them. */
export const sourceTransforms: SourceCase[] = [
  { name: 'src-plain-schemas', lines, config: withSchemas },
  { name: 'src-plain-strings', lines, config: strings },
  { name: 'src-hoist', lines, config: chain(hoist) },
  { name: 'src-hoist-schemas', lines, config: { ...withSchemas, ...chain(hoist) } },
  { name: 'src-hoist-text', lines, config: { ...strings, ...chain(hoist) } },
  { name: 'src-hoist-key', lines, config: { ...withSchemas, ...chain(['HoistField$Key', { field: 'k' }]) } },
  {
    name: 'src-flatten',
    lines,
    config: {
      ...withSchemas,
      ...chain(
        hoist,
        constant('one', '1'),
        ['HoistField$Value', { field: 'inner' }],
        constant('two', '2'),
        ['HoistField$Value', { field: 'outer' }],
        ['Flatten$Value', { delimiter: '_' }],
      ),
    },
  },
  {
    name: 'src-flatten-default-delimiter',
    lines,
    config: chain(hoist, ['HoistField$Value', { field: 'outer' }], ['Flatten$Value']),
  },
  {
    name: 'src-insert-all',
    lines,
    config: {
      ...withSchemas,
      ...chain(hoist, [
        'InsertField$Value',
        {
          'topic.field': 'topic!',
          'partition.field': 'partition?',
          'timestamp.field': 'at',
          'static.field': 'static!',
          'static.value': 'fixed',
        },
      ]),
    },
  },
  {
    name: 'src-insert-into-key',
    lines: numbers,
    config: {
      ...withSchemas,
      ...chain(
        hoist,
        ['ValueToKey', { fields: 'line' }],
        ['InsertField$Key', { 'topic.field': 'topic', 'static.field': 's', 'static.value': 'x' }],
      ),
    },
  },
  {
    name: 'src-insert-offset',
    lines,
    config: chain(hoist, ['InsertField$Value', { 'offset.field': 'offset' }]),
  },
  {
    name: 'src-insert-twice',
    lines,
    config: chain(hoist, ['InsertField$Value', { 'topic.field': 'line' }]),
  },
  {
    name: 'src-insert-required-null',
    lines,
    config: chain(hoist, ['InsertField$Value', { 'partition.field': 'p!' }]),
  },
  {
    name: 'src-value-to-key',
    lines: Array.from({ length: 40 }, (_, i) => `line ${i}`),
    config: {
      ...chain(hoist, constant('n', '7'), ['ValueToKey', { fields: 'n,line' }]),
      'topic.creation.default.replication.factor': '1',
      'topic.creation.default.partitions': '5',
    },
  },
  {
    name: 'src-extract-key',
    lines,
    config: {
      ...strings,
      ...chain(
        hoist,
        ['ValueToKey', { fields: 'line' }],
        ['ExtractField$Key', { field: 'line' }],
        ['ExtractField$Value', { field: 'line' }],
      ),
    },
  },
  {
    name: 'src-value-to-key-unknown',
    lines,
    config: chain(hoist, ['ValueToKey', { fields: 'line,none' }]),
  },
  {
    name: 'src-extract-nested',
    lines,
    config: chain(
      hoist,
      ['HoistField$Value', { field: 'a.b' }],
      ['HoistField$Value', { field: 'outer' }],
      ['ExtractField$Value', { field: 'outer.`a.b`.line', 'field.syntax.version': 'V2' }],
    ),
  },
  {
    name: 'src-extract-unknown',
    lines,
    config: chain(hoist, ['ExtractField$Value', { field: 'none' }]),
  },
  {
    name: 'src-extract-null-tombstone',
    lines,
    config: chain(
      hoist,
      ['InsertField$Value', { 'partition.field': 'p' }],
      ['ExtractField$Value', { field: 'p' }],
    ),
  },
  {
    name: 'src-extract-null-schemas',
    lines,
    config: {
      ...withSchemas,
      ...chain(
        hoist,
        ['InsertField$Value', { 'partition.field': 'p' }],
        ['ExtractField$Value', { field: 'p' }],
      ),
    },
  },
  ...['int8', 'int16', 'int32', 'int64', 'float32', 'float64', 'boolean', 'string'].map(type => ({
    name: `src-cast-${type}`,
    lines: numbers,
    config: { ...withSchemas, ...chain(['Cast$Value', { spec: type }]) },
  })),
  {
    name: 'src-cast-fields',
    lines: numbers,
    config: {
      ...withSchemas,
      ...chain(
        hoist,
        constant('f', '1.5'),
        constant('d', '-1e10'),
        constant('b', 'True'),
        constant('l', '-9223372036854775808'),
        ['Cast$Value', { spec: 'line:int16,f:float32,d:float64,b:boolean,l:int64' }],
        ['Cast$Value', { spec: 'd:int32,f:string,l:float64' }],
      ),
    },
  },
  {
    name: 'src-timestamps',
    lines: ['2026-03-04 05:06:07.089', '1969-12-31 23:59:59.999', '2000-02-29 00:00:00.000'],
    config: {
      ...withSchemas,
      ...chain(
        hoist,
        ['ValueToKey', { fields: 'line' }],
        [
          'TimestampConverter$Value',
          { field: 'line', 'target.type': 'Timestamp', format: 'yyyy-MM-dd HH:mm:ss.SSS' },
        ],
        [
          'TimestampConverter$Key',
          { field: 'line', 'target.type': 'string', format: 'yyyy-MM-dd HH:mm:ss.SSS' },
        ],
      ),
    },
  },
  ...[
    ['date', 'Date', {}],
    ['time', 'Time', {}],
    ['unix', 'unix', {}],
    ['seconds', 'unix', { 'unix.precision': 'seconds' }],
    ['micros', 'unix', { 'unix.precision': 'microseconds' }],
  ].map(([name, type, more]) => ({
    name: `src-timestamp-${name}`,
    lines: ['2026-03-04 05:06:07 UTC', '1969-12-31 23:59:59 UTC'],
    config: {
      ...withSchemas,
      ...chain([
        'TimestampConverter$Value',
        { 'target.type': String(type), format: 'yyyy-MM-dd HH:mm:ss zzz', ...(more as object) },
      ]),
    },
  })),
  {
    name: 'src-timestamp-text',
    lines: ['2026-03-04', '1969-12-31'],
    config: {
      ...strings,
      ...chain(
        ['TimestampConverter$Value', { 'target.type': 'Timestamp', format: 'yyyy-MM-dd' }],
        ['TimestampConverter$Value', { 'target.type': 'string', format: "EEE, d MMM yyyy 'T' HH:mm:ss Z" }],
      ),
    },
  },
  {
    name: 'src-schema-metadata',
    lines,
    config: {
      ...withSchemas,
      ...chain(hoist, ['SetSchemaMetadata$Value', { 'schema.name': 'my.Line', 'schema.version': '3' }]),
    },
  },
  {
    name: 'src-schema-metadata-string',
    lines,
    config: { ...withSchemas, ...chain(['SetSchemaMetadata$Value', { 'schema.name': 'my.Line' }]) },
  },
  {
    name: 'src-replace-fields',
    lines,
    config: {
      ...withSchemas,
      ...chain(hoist, constant('a', '1'), constant('b', '2'), constant('c', '3'), [
        'ReplaceField$Value',
        { exclude: 'b', renames: 'line:text,a:first' },
      ]),
    },
  },
  {
    name: 'src-replace-include',
    lines,
    config: chain(hoist, constant('a', '1'), constant('b', '2'), [
      'ReplaceField$Value',
      { include: 'b,line', renames: 'b:line2' },
    ]),
  },
  {
    name: 'src-mask',
    lines: numbers,
    config: {
      ...withSchemas,
      ...chain(
        hoist,
        constant('n', '77'),
        constant('secret', 'hidden'),
        ['Cast$Value', { spec: 'n:int32' }],
        ['MaskField$Value', { fields: 'line,n' }],
        ['MaskField$Value', { fields: 'secret', replacement: '***' }],
      ),
    },
  },
  {
    name: 'src-header-from-copy',
    lines,
    config: {
      ...withSchemas,
      ...chain(
        hoist,
        constant('n', '5'),
        ['Cast$Value', { spec: 'n:int64' }],
        ['HeaderFrom$Value', { fields: 'line,n', headers: 'h-line,h-n', operation: 'copy' }],
      ),
    },
  },
  {
    name: 'src-header-from-move',
    lines,
    config: {
      ...withSchemas,
      ...chain(hoist, constant('n', '5'), [
        'HeaderFrom$Value',
        { fields: 'line', headers: 'h', operation: 'move' },
      ]),
    },
  },
  {
    name: 'src-header-from-unknown',
    lines,
    config: chain(hoist, ['HeaderFrom$Value', { fields: 'none', headers: 'h', operation: 'move' }]),
  },
  {
    name: 'src-headers',
    lines,
    config: {
      ...strings,
      ...chain(
        ['InsertHeader', { header: 'n', 'value.literal': '12' }],
        ['InsertHeader', { header: 'n', 'value.literal': '70000' }],
        ['InsertHeader', { header: 'gone', 'value.literal': 'x' }],
        ['InsertHeader', { header: 't', 'value.literal': 'some text' }],
        ['DropHeaders', { headers: 'gone,other' }],
        ['InsertHeader', { header: 'gone', 'value.literal': 'again' }],
      ),
    },
  },
  {
    name: 'src-regex-router',
    lines,
    config: { ...strings, ...chain(['RegexRouter', { regex: '(.*)\\.t', replacement: '$1.to-$0' }]) },
  },
  {
    name: 'src-regex-router-no-match',
    lines,
    config: { ...strings, ...chain(['RegexRouter', { regex: 't', replacement: 'x' }]) },
  },
  {
    name: 'src-regex-router-bad-group',
    lines,
    config: { ...strings, ...chain(['RegexRouter', { regex: '(.*)', replacement: '$2' }]) },
  },
  {
    name: 'src-timestamp-router',
    lines,
    config: {
      ...strings,
      ...chain([
        'TimestampRouter',
        { 'topic.format': '${topic}.at-${timestamp}-${topic}', 'timestamp.format': "yyyy'y'G" },
      ]),
    },
  },
  {
    name: 'src-ten-stages',
    lines: numbers,
    config: {
      ...withSchemas,
      ...chain(
        hoist,
        ['InsertField$Value', { 'topic.field': 'topic' }],
        constant('d', '2026-03-04'),
        ['TimestampConverter$Value', { field: 'd', 'target.type': 'Date', format: 'yyyy-MM-dd' }],
        ['Cast$Value', { spec: 'line:int32' }],
        ['ValueToKey', { fields: 'line,d' }],
        ['HeaderFrom$Value', { fields: 'd', headers: 'day', operation: 'copy' }],
        ['ReplaceField$Value', { renames: 'topic:from' }],
        ['SetSchemaMetadata$Key', { 'schema.name': 'Key', 'schema.version': '1' }],
        ['InsertHeader', { header: 'last', 'value.literal': '[1,2]' }],
      ),
    },
  },
  {
    name: 'src-duplicate-field-tolerant',
    lines: [...lines, 'last'],
    config: {
      ...tolerant,
      ...predicates({ never: ['HasHeaderKey', { name: 'none' }] }),
      ...chain(hoist, ['InsertField$Value', { 'topic.field': 'line', predicate: 'never' }]),
    },
  },
  {
    name: 'src-null-key-struct-only',
    lines,
    config: { ...converter('key', 'Json'), ...chain(['ReplaceField$Key', { exclude: 'x' }]) },
  },
  {
    name: 'src-struct-only-on-string',
    lines,
    config: chain(['ReplaceField$Value', { exclude: 'x' }]),
  },
]

import {
  chain,
  converter,
  envelope,
  type PipelineCase,
  struct,
  tolerant,
  values,
  withSchemas,
} from '../case.ts'

const bytes = (...all: number[]) => Buffer.from(all)
const logical = (name: string, type: string, more = {}) => ({
  type,
  name: `org.apache.kafka.connect.data.${name}`,
  version: 1,
  ...more,
})
const numbers = ['1', '-1', '100']

export const converterCases: PipelineCase[] = [
  ...(
    [
      ['Short', 'int16'],
      ['Integer', 'int32'],
      ['Long', 'int64'],
      ['Float', 'float32'],
      ['Double', 'float64'],
      ['Boolean', 'boolean'],
    ] as const
  ).map(([name, type]) => ({
    name: `conv-${name.toLowerCase()}-source`,
    lines: numbers,
    config: {
      ...converter('key', name),
      ...converter('value', name),
      ...chain(
        ['HoistField$Value', { field: 'n' }],
        ['Cast$Value', { spec: `n:${type}` }],
        ['ValueToKey', { fields: 'n' }],
        ['ExtractField$Key', { field: 'n' }],
        ['ExtractField$Value', { field: 'n' }],
      ),
    },
  })),
  {
    name: 'conv-wrong-type-source',
    lines: numbers,
    config: converter('value', 'Long'),
  },
  { name: 'conv-bytes-of-text-source', lines: numbers, config: converter('value', 'Bytes') },
  {
    name: 'conv-utf16-source',
    lines: ['é漢', ''],
    config: converter('value', 'String', { 'converter.encoding': 'UTF-16' }),
  },
  ...(
    [
      ['Short', [bytes(0, 1), bytes(0xff, 0xfe), null, bytes(0x7f, 0xff)]],
      ['Integer', [bytes(0, 0, 0, 1), null, bytes(0x80, 0, 0, 0)]],
      ['Long', [bytes(0, 0, 0, 0, 0, 0, 0, 1), null, bytes(0x7f, 255, 255, 255, 255, 255, 255, 255)]],
      ['Float', [bytes(0x3f, 0x80, 0, 0), bytes(0x7f, 0xc0, 0, 0), bytes(0x4f, 0, 0, 0), null]],
      ['Double', [bytes(0x3f, 0xf0, 0, 0, 0, 0, 0, 0), bytes(0x80, 0, 0, 0, 0, 0, 0, 0), null]],
      ['Boolean', [bytes(1), bytes(0), null]],
    ] as const
  ).map(([name, all]) => ({
    name: `conv-${name.toLowerCase()}-sink`,
    input: values(...all),
    config: converter('value', name),
  })),
  {
    name: 'conv-bytes-sink',
    input: values('text', null, bytes(0, 255)),
    config: converter('value', 'Bytes'),
  },
  {
    name: 'conv-string-sink',
    input: values('text', null, '', bytes(0x62, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x65)),
    config: converter('value', 'String'),
  },
  {
    name: 'conv-latin1-sink',
    input: values(bytes(0xe9, 0x20, 0xff)),
    config: converter('value', 'String', { 'converter.encoding': 'ISO-8859-1' }),
  },
  {
    name: 'conv-json-sink',
    input: values(
      '1',
      '1.0',
      '9007199254740993',
      '1e400',
      'true',
      '[]',
      '{"b":{"c":[1,{"d":null}]},"a":"x"}',
    ),
    config: {},
  },
  {
    name: 'conv-json-logical-sink',
    input: values(
      envelope(logical('Decimal', 'bytes', { parameters: { scale: '2' } }), 'AIA='),
      envelope(logical('Date', 'int32'), 20000),
      envelope(logical('Time', 'int32'), 1),
      envelope(logical('Timestamp', 'int64'), 1772600767089),
      envelope({ type: 'bytes' }, 'AAEC'),
      envelope({ type: 'map', keys: { type: 'string' }, values: { type: 'int8' } }, { z: 1, a: 2 }),
      envelope({ type: 'array', items: struct(['x', 'float']) }, [{ x: 1.1 }, {}]),
    ),
    config: withSchemas,
  },
  {
    name: 'conv-json-decimal-source',
    lines: ['12.34'],
    config: {
      ...converter('value', 'Json', { 'decimal.format': 'NUMERIC', 'schemas.enable': 'false' }),
      ...chain(['HoistField$Value', { field: 'd' }], ['Cast$Value', { spec: 'd:float64' }]),
    },
  },
  {
    name: 'conv-json-null-default-sink',
    input: values(
      envelope(struct(['a', 'string', { default: 'given' }], ['b', 'int32', { default: 5 }]), {
        a: null,
      }),
    ),
    config: converter('value', 'Json', { 'schemas.enable': 'true', 'replace.null.with.default': 'false' }),
  },
  {
    name: 'conv-null-key-source',
    lines: numbers,
    config: { ...converter('key', 'Long'), ...converter('value', 'String') },
  },
  {
    name: 'conv-wrong-key-tolerant-source',
    lines: ['1', 'x', '300', '2'],
    records: 2,
    config: {
      ...tolerant,
      ...converter('key', 'Short'),
      ...converter('value', 'String'),
      ...chain(
        ['HoistField$Value', { field: 'n' }],
        ['ValueToKey', { fields: 'n' }],
        ['ExtractField$Value', { field: 'n' }],
        ['ExtractField$Key', { field: 'n' }],
        ['Cast$Key', { spec: 'int8' }],
        ['Cast$Key', { spec: 'int16' }],
      ),
    },
  },
]

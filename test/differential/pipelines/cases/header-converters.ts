import { chain, converter, explained, type PipelineCase, tolerant } from '../case.ts'

const literals = ['12', '-70000', '1.5', 'true', 'text', '"quoted"', '[1,2]', '{"a":1}', 'null', '2026-03-04']
const inserted = chain(
  ...literals.map(literal => ['InsertHeader', { header: 'h', 'value.literal': literal }] as const),
)
const number = chain(
  ['InsertHeader', { header: 'n', 'value.literal': '3000000000' }],
  ['InsertHeader', { header: 'n', 'value.literal': '4000000000' }],
)
const headed = [
  {
    value: '1',
    headers: [
      ['a', '1'],
      ['a', '"x"'],
      ['b', null],
      ['c', ''],
      ['d', '{"k":[1,2]}'],
      ['é', 'é'],
    ],
  },
  { value: '2', headers: [['bad', '{"k":']] },
  { value: '3', headers: [['bytes', Buffer.from([0, 0, 0, 0, 0, 0, 0, 9])]] },
] as const

export const headerConverterCases: PipelineCase[] = [
  { name: 'head-simple-source', lines: ['x'], config: inserted },
  {
    name: 'head-json-source',
    lines: ['x'],
    config: { ...converter('header', 'Json', { 'schemas.enable': 'true' }), ...inserted },
  },
  {
    name: 'head-json-plain-source',
    lines: ['x'],
    config: { ...converter('header', 'Json', { 'schemas.enable': 'false' }), ...inserted },
  },
  { name: 'head-string-source', lines: ['x'], config: { ...converter('header', 'String'), ...inserted } },
  { name: 'head-long-source', lines: ['x'], config: { ...converter('header', 'Long'), ...number } },
  {
    name: 'head-long-mismatch-source',
    lines: ['x'],
    config: { ...converter('header', 'Long'), ...inserted },
  },
  { name: 'head-bytes-source', lines: ['x'], config: { ...converter('header', 'Bytes'), ...inserted } },
  ...(['Simple', 'String', 'Bytes', 'Json', 'Long'] as const).map(name => ({
    name: `head-${name.toLowerCase()}-sink`,
    input: headed,
    config: {
      ...tolerant,
      ...explained,
      ...converter('header', name, name === 'Json' ? { 'schemas.enable': 'false' } : {}),
    },
  })),
  {
    name: 'head-json-strict-sink',
    input: headed,
    config: { ...converter('header', 'Json', { 'schemas.enable': 'false' }), ...explained },
  },
]

import { chain, type PipelineCase, predicates, strings, tolerant, values } from '../case.ts'

const hoisted = (predicate: string, negate?: string) =>
  chain(['HoistField$Value', { field: 'found', predicate, ...(negate === undefined ? {} : { negate }) }])

const headed = [
  { value: '1', headers: [['color', 'red']] },
  { value: '2', headers: [['size', '7']] },
  { value: '3' },
  {
    value: '4',
    headers: [
      ['color', null],
      ['color', 'blue'],
    ],
  },
] as const

export const predicateCases: PipelineCase[] = [
  {
    name: 'if-has-header',
    input: headed,
    config: { ...predicates({ p: ['HasHeaderKey', { name: 'color' }] }), ...hoisted('p') },
  },
  {
    name: 'if-has-no-header',
    input: headed,
    config: { ...predicates({ p: ['HasHeaderKey', { name: 'color' }] }), ...hoisted('p', 'true') },
  },
  {
    name: 'if-tombstone',
    input: values('1', null, '2', 'null'),
    config: { ...predicates({ p: ['RecordIsTombstone'] }), ...hoisted('p') },
  },
  {
    name: 'if-no-tombstone',
    input: values('{"a":1}', null, '{"a":2}'),
    config: {
      ...predicates({ p: ['RecordIsTombstone'] }),
      ...chain(['MaskField$Value', { fields: 'a', predicate: 'p', negate: 'true' }]),
    },
  },
  {
    name: 'if-topic-matches',
    input: values('1'),
    config: {
      ...predicates({
        yes: ['TopicNameMatches', { pattern: 'in\\d+\\..*' }],
        no: ['TopicNameMatches', { pattern: 'in' }],
      }),
      ...chain(
        ['HoistField$Value', { field: 'matches', predicate: 'yes' }],
        ['HoistField$Value', { field: 'other', predicate: 'no' }],
        ['HoistField$Value', { field: 'not', predicate: 'no', negate: 'true' }],
      ),
    },
  },
  {
    name: 'if-filtered',
    input: values('1', null, '2', null, '3'),
    config: {
      ...predicates({ p: ['RecordIsTombstone'] }),
      ...chain(['Filter', { predicate: 'p' }], ['HoistField$Value', { field: 'kept' }]),
    },
  },
  { name: 'if-all-filtered', input: values('1', '2'), config: chain(['Filter']) },
  {
    name: 'if-routed-source',
    lines: ['one', 'two'],
    config: {
      ...strings,
      ...predicates({ routed: ['TopicNameMatches', { pattern: '.*\\.new' }] }),
      ...chain(
        ['RegexRouter', { regex: '(.*)\\.t', replacement: '$1.new' }],
        ['InsertHeader', { header: 'routed', 'value.literal': 'true', predicate: 'routed' }],
        ['Filter', { predicate: 'routed', negate: 'true' }],
      ),
    },
  },
  {
    name: 'if-unknown-predicate',
    lines: ['one'],
    config: chain(['InsertHeader', { header: 'h', 'value.literal': '1', predicate: 'none' }]),
  },
  {
    name: 'if-negated-nothing',
    lines: ['one'],
    config: chain(['InsertHeader', { header: 'h', 'value.literal': '1', negate: 'true' }]),
  },
  {
    name: 'if-broken-pattern',
    lines: ['one'],
    config: {
      ...tolerant,
      ...predicates({ p: ['TopicNameMatches', { pattern: '(' }] }),
      ...chain(['Filter', { predicate: 'p' }]),
    },
  },
]

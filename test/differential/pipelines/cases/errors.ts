import {
  chain,
  converter,
  deadLetters,
  explained,
  type InputRecord,
  inputTime,
  logged,
  type PipelineCase,
  strings,
  tolerant,
  values,
} from '../case.ts'

const mixed: InputRecord[] = [
  { key: '"k1"', value: '{"n":"1"}', headers: [['h', 'x']], timestamp: inputTime - 5 },
  { key: '"k2"', value: '{"n":', headers: [['h', null]] },
  { key: '{', value: '{"n":"2"}' },
  { key: '"k4"', value: '"no map"' },
  { key: '"k5"', value: '{"n":"many"}' },
  { key: '"k6"', value: null, timestamp: inputTime + 7 },
  { key: '"k7"', value: '{"n":"7"}' },
]
const cast = chain(['Cast$Value', { spec: 'n:int8' }])
const castLines = chain(['HoistField$Value', { field: 'n' }], ['Cast$Value', { spec: 'n:int8' }])
const lines = ['1', 'many', '300', '2']

export const errorCases: PipelineCase[] = [
  { name: 'err-none', input: mixed, config: cast },
  { name: 'err-none-logged', input: mixed, config: { ...cast, ...logged } },
  { name: 'err-all', input: mixed, config: { ...cast, ...tolerant } },
  { name: 'err-all-logged', input: mixed, config: { ...cast, ...tolerant, ...logged } },
  {
    name: 'err-all-logged-bare',
    input: mixed,
    config: { ...cast, ...tolerant, 'errors.log.enable': 'true' },
  },
  { name: 'err-dlq', input: mixed, config: { ...cast, ...tolerant, ...deadLetters } },
  { name: 'err-dlq-explained', input: mixed, config: { ...cast, ...tolerant, ...explained } },
  { name: 'err-dlq-none', input: mixed, config: { ...cast, ...explained } },
  { name: 'err-dlq-everything', input: mixed, config: { ...cast, ...tolerant, ...explained, ...logged } },
  {
    name: 'err-dlq-replication',
    input: mixed,
    config: { ...cast, ...tolerant, 'errors.deadletterqueue.topic.name': '<dlq>' },
  },
  {
    name: 'err-dlq-replication-default',
    input: mixed,
    config: {
      ...cast,
      ...tolerant,
      ...explained,
      'errors.deadletterqueue.topic.replication.factor': '-1',
    },
  },
  {
    name: 'err-retry-timeout',
    input: mixed,
    config: { ...cast, ...tolerant, ...explained, 'errors.retry.timeout': '60000' },
  },
  {
    name: 'err-many-partitions',
    input: Array.from({ length: 12 }, (_, i) => ({
      key: `"k${i}"`,
      value: i % 3 === 0 ? `{${i}` : String(i),
      partition: i % 3,
    })),
    partitions: 3,
    config: { ...tolerant, ...explained },
  },
  {
    name: 'err-header-again',
    input: [
      {
        value: '{',
        headers: [
          ['__connect.errors.topic', 'older'],
          ['x', Buffer.from([255, 0])],
        ],
      },
    ],
    config: { ...tolerant, ...explained },
  },
  {
    name: 'err-key-then-value',
    input: [{ key: '{', value: '{', headers: [['h', '[']] }],
    config: { ...tolerant, ...explained, ...logged, ...converter('header', 'Json') },
  },
  {
    name: 'err-second-transform',
    input: values('{"a":"1","b":"x"}', '{"a":"x","b":"1"}', '{"a":"1","b":"2"}'),
    config: {
      ...tolerant,
      ...explained,
      ...logged,
      ...chain(['Cast$Value', { spec: 'a:int32' }], ['Cast$Value', { spec: 'b:int32' }]),
    },
  },
  {
    name: 'err-one-by-one',
    input: [...mixed, ...mixed],
    config: { ...cast, ...logged, 'consumer.override.max.poll.records': '1' },
  },
  {
    name: 'err-append-time',
    input: [{ value: '{' }, { value: '1' }],
    topic: { 'message.timestamp.type': 'LogAppendTime' },
    config: {
      ...tolerant,
      ...explained,
      ...logged,
      ...chain(['InsertField$Value', { 'timestamp.field': 'at' }]),
    },
  },
  {
    name: 'err-topics-by-pattern',
    input: mixed,
    config: { ...cast, ...tolerant, ...explained, topics: '', 'topics.regex': '<topic>' },
  },
  { name: 'err-source-none', lines, config: { ...castLines, ...logged } },
  { name: 'err-source-all', lines, records: 2, config: { ...castLines, ...tolerant } },
  { name: 'err-source-logged', lines, records: 2, config: { ...castLines, ...tolerant, ...logged } },
  {
    name: 'err-source-logged-bare',
    lines,
    records: 2,
    config: { ...castLines, ...tolerant, 'errors.log.enable': 'true' },
  },
  {
    name: 'err-source-converter-logged',
    lines: ['1', '2'],
    config: { ...converter('value', 'Long'), ...logged },
  },
  {
    name: 'err-source-header-logged',
    lines: ['1', '2'],
    config: {
      ...strings,
      ...converter('header', 'Long'),
      ...logged,
      ...chain(['InsertHeader', { header: 'h', 'value.literal': 'text' }]),
    },
  },
  {
    name: 'err-source-record-text',
    lines: ['1', 'x'],
    config: {
      ...logged,
      ...chain(
        ['HoistField$Value', { field: 'n' }],
        ['ValueToKey', { fields: 'n' }],
        ['InsertHeader', { header: 'h', 'value.literal': '[1]' }],
        ['Cast$Value', { spec: 'n:int8' }],
      ),
    },
  },
]

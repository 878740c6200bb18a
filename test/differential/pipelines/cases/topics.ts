import { chain, logged, type PipelineCase, strings, tolerant } from '../case.ts'

const lines = Array.from({ length: 24 }, (_, i) => `line ${i}`)
const keyed = chain(
  ['HoistField$Value', { field: 'line' }],
  ['ValueToKey', { fields: 'line' }],
  ['ExtractField$Key', { field: 'line' }],
)
const group = (name: string, entries: Record<string, string>) =>
  Object.fromEntries(Object.entries(entries).map(([key, value]) => [`topic.creation.${name}.${key}`, value]))
const one = group('default', { 'replication.factor': '1', partitions: '1' })

/** Created topics, and where keyed records go in them. */
export const topicCases: PipelineCase[] = [
  {
    name: 'topic-default-group',
    lines,
    config: {
      ...strings,
      ...keyed,
      ...group('default', {
        'replication.factor': '-1',
        partitions: '4',
        'cleanup.policy': 'compact',
        'min.cleanable.dirty.ratio': '0.25',
      }),
    },
  },
  {
    name: 'topic-groups',
    lines,
    config: {
      ...strings,
      ...keyed,
      ...one,
      'topic.creation.groups': 'other,mine',
      ...group('other', { include: '.*', exclude: '.*topic-groups.*', partitions: '9' }),
      ...group('mine', { include: 'no, p.*\\.topic-.*', partitions: '3', 'retention.ms': '123456' }),
    },
  },
  {
    name: 'topic-groups-routed',
    lines,
    config: {
      ...strings,
      ...chain(
        ['RegexRouter', { regex: '(.*)\\.t', replacement: '$1.routed' }],
        ['HoistField$Value', { field: 'line' }],
        ['ValueToKey', { fields: 'line' }],
      ),
      ...one,
      'topic.creation.groups': 'routed',
      ...group('routed', { include: '.*routed', partitions: '2' }),
    },
  },
  {
    name: 'topic-no-such-replication',
    lines,
    config: { ...strings, ...group('default', { 'replication.factor': '7', partitions: '1' }) },
  },
  {
    name: 'topic-bad-config',
    lines,
    config: { ...strings, ...one, ...group('default', { 'cleanup.policy': 'nonsense' }) },
  },
  {
    name: 'topic-zero-partitions',
    lines,
    config: { ...strings, ...group('default', { 'replication.factor': '1', partitions: '0' }) },
  },
  { name: 'topic-no-default', lines, config: { ...strings, 'topic.creation.groups': 'a' } },
  {
    name: 'topic-bad-regex',
    lines,
    config: { ...strings, ...one, 'topic.creation.groups': 'a', ...group('a', { include: '(' }) },
  },
  {
    name: 'topic-group-twice',
    lines,
    config: { ...strings, ...one, 'topic.creation.groups': 'a,a' },
  },
  {
    name: 'topic-compacted-without-keys',
    lines: ['one'],
    config: { ...strings, ...one, ...group('default', { 'cleanup.policy': 'compact' }) },
  },
  {
    name: 'topic-compacted-without-keys-all',
    lines: ['one'],
    records: 0,
    config: {
      ...strings,
      ...one,
      ...tolerant,
      ...logged,
      ...group('default', { 'cleanup.policy': 'compact' }),
    },
  },
  {
    name: 'topic-small-messages',
    lines: ['x'.repeat(1000)],
    config: { ...strings, ...one, ...group('default', { 'max.message.bytes': '500' }) },
  },
  {
    name: 'topic-invalid-name',
    lines,
    config: { ...strings, ...chain(['RegexRouter', { regex: '(.*)', replacement: '$1 blank' }]) },
  },
]

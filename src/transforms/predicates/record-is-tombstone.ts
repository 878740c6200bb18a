import { predicate } from '../../sdk/plugin.ts'

/** Java: org.apache.kafka.connect.transforms.predicates.RecordIsTombstone */
export const recordIsTombstone = predicate({
  className: 'org.apache.kafka.connect.transforms.predicates.RecordIsTombstone',
  version: '4.3.1',
  doc: 'A predicate which is true for records which are tombstones (i.e. have null value).',
  config: {},
  create: () => ({ test: ({ value }) => value === null || value === undefined }),
})

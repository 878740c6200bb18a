import { transformation } from '../sdk/plugin.ts'

/** Drops every record; a predicate says which ones come to it. Java: org.apache.kafka.connect.transforms.Filter */
export const filter = transformation({
  className: 'org.apache.kafka.connect.transforms.Filter',
  version: '4.3.1',
  doc: 'Drops all records, filtering them from subsequent transformations in the chain. This is intended to be used conditionally to filter out records matching (or not matching) a particular Predicate.',
  config: {},
  create: () => ({ apply: () => null }),
})

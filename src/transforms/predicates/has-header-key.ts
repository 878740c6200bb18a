import { key } from '../../config/keys.ts'
import { nonEmptyString } from '../../config/validators.ts'
import { predicate } from '../../sdk/plugin.ts'

/** Java: org.apache.kafka.connect.transforms.predicates.HasHeaderKey */
export const hasHeaderKey = predicate({
  className: 'org.apache.kafka.connect.transforms.predicates.HasHeaderKey',
  version: '4.3.1',
  doc: 'A predicate which is true for records with at least one header with the configured name.',
  config: {
    name: key.string({ importance: 'medium', validator: nonEmptyString, doc: 'The header name.' }),
  },
  create: ({ name }) => ({
    test: record => record.hasHeaders && record.headers.lastWithName(name) !== null,
  }),
})

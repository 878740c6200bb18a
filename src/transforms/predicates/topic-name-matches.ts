import { javaRegex } from '../../config/java-regex.ts'
import { key } from '../../config/keys.ts'
import { validRegex } from '../../config/valid-regex.ts'
import { inOrder, nonEmptyString } from '../../config/validators.ts'
import { predicate } from '../../sdk/plugin.ts'

/** Java: org.apache.kafka.connect.transforms.predicates.TopicNameMatches */
export const topicNameMatches = predicate({
  className: 'org.apache.kafka.connect.transforms.predicates.TopicNameMatches',
  version: '4.3.1',
  doc: 'A predicate which is true for records with a topic name that matches the configured regular expression.',
  config: {
    pattern: key.string({
      importance: 'medium',
      validator: inOrder(nonEmptyString, validRegex),
      doc: "A Java regular expression for matching against the name of a record's topic.",
    }),
  },
  create({ pattern }) {
    const whole = javaRegex(pattern, { whole: true })
    return { test: ({ topic }) => topic !== null && whole.test(topic) }
  },
})

import { javaRegex } from '../config/java-regex.ts'
import { javaReplacement } from '../config/java-regex-replacement.ts'
import { key } from '../config/keys.ts'
import { validRegex } from '../config/valid-regex.ts'
import { NullPointerException } from '../data/java-errors.ts'
import { transformation } from '../sdk/plugin.ts'
import { rerouted } from './rerouted.ts'

/** Renames the topics that a regular expression fits. Java: org.apache.kafka.connect.transforms.RegexRouter */
export const regexRouter = transformation({
  className: 'org.apache.kafka.connect.transforms.RegexRouter',
  version: '4.3.1',
  doc: 'Update the record topic using the configured regular expression and replacement string.<p/>Under the hood, the regex is compiled to a <code>java.util.regex.Pattern</code>. If the pattern matches the input topic, <code>java.util.regex.Matcher#replaceFirst()</code> is used with the replacement string to obtain the new topic.',
  config: {
    regex: key.string({
      importance: 'high',
      validator: validRegex,
      doc: 'Regular expression to use for matching.',
    }),
    replacement: key.string({ importance: 'high', doc: 'Replacement string.' }),
  },
  create({ regex, replacement }) {
    const route = router(regex, replacement)
    // A stream's records mostly have the topic of the one before.
    let lastTopic: string | null = null
    let lastRoute: string | null = null
    return {
      apply(record) {
        const { topic } = record
        if (topic === null) {
          throw new NullPointerException(
            'Cannot invoke "java.lang.CharSequence.length()" because "this.text" is null',
          )
        }
        if (topic !== lastTopic) {
          lastRoute = route(topic)
          lastTopic = topic
        }
        return lastRoute === null ? record : rerouted(record, lastRoute)
      },
    }
  },
})

/** The new topic; null where the expression does not fit the topic as a whole. */
function router(regex: string, replacement: string): (topic: string) => string | null {
  const whole = javaRegex(regex, { whole: true })
  const first = javaRegex(regex)
  const expand = javaReplacement(first, replacement)
  return topic => {
    if (!whole.test(topic)) return null
    // Java looks again for what it replaces, and may find less than the whole: a|ab in ab.
    const match = first.exec(topic)!
    return topic.slice(0, match.index) + expand(match) + topic.slice(match.index + match[0].length)
  }
}

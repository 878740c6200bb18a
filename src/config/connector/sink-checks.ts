import { JavaRegexError, javaRegex } from '../java-regex.ts'
import { javaText, javaTrim, parseValue } from '../parse.ts'
import type { RawConfig } from '../validate.ts'

/**
 * What `topics`, `topics.regex` and the dead letter queue have to do with each other; adds to the errors of the
 * first two. Java: SinkConnectorConfig.validate
 */
export function sinkCrossChecks(config: RawConfig, topics: string[], regex: string[]): void {
  const list = javaTrim(config['topics'] ?? '')
  const pattern = javaTrim(config['topics.regex'] ?? '')
  const queue = javaTrim(config['errors.deadletterqueue.topic.name'] ?? '')
  if (list !== '' && pattern !== '') {
    const both = 'topics and topics.regex are mutually exclusive options, but both are set.'
    topics.push(both)
    regex.push(both)
  }
  if (list === '' && pattern === '') {
    const none = 'Must configure one of topics or topics.regex'
    topics.push(none)
    regex.push(none)
  }
  if (queue === '') return
  const names = parseValue('LIST', 'topics', list).value as readonly string[]
  if (list !== '' && names.includes(queue)) {
    topics.push(
      `The DLQ topic '${queue}' may not be included in the list of topics ('topics=${javaText(names)}') consumed by the connector`,
    )
  }
  if (pattern !== '' && matches(pattern, queue)) {
    regex.push(
      `The DLQ topic '${queue}' may not be matched by the regex for the topics ('topics.regex=${pattern}') consumed by the connector`,
    )
  }
}

function matches(pattern: string, topic: string): boolean {
  try {
    return javaRegex(pattern, { whole: true }).test(topic)
  } catch (error) {
    if (error instanceof JavaRegexError) return false // Its own validator has complained already.
    throw error
  }
}

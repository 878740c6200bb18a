import { KafkaError } from './port.ts'

/** Java: org.apache.kafka.common.protocol.Errors, and Sender.completeBatch for those that name the topic */
const TEXTS: Record<string, (topic: string) => string> = {
  INVALID_TOPIC_EXCEPTION: topic => `Invalid topics: [${topic}]`,
  TOPIC_AUTHORIZATION_FAILED: topic => `Not authorized to access topics: [${topic}]`,
  MESSAGE_TOO_LARGE: () =>
    'The request included a message larger than the max message size the server will accept.',
  // Java has the broker's own words for each record; the native client passes on a code.
  INVALID_RECORD: () => 'This record has failed the validation on broker and hence will be rejected.',
}

/** The broker's refusal of a record, in Java's words where the client only has a code. */
export function refusedByBroker(error: KafkaError, topic: string | null): KafkaError {
  const text = topic === null ? undefined : TEXTS[error.code]?.(topic)
  if (text === undefined) return error
  const { code, javaClass, retriable, fatal } = error
  return new KafkaError(code, text, { javaClass, retriable, fatal })
}

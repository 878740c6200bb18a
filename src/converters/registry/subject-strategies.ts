import { SerializationException } from '../../data/errors.ts'
import type { ParsedSchema } from '../../formats/schema-format.ts'

/** Names the subject of a schema. Java: io.confluent.kafka.serializers.subject.strategy.SubjectNameStrategy */
export interface SubjectStrategy {
  /** Whether the name needs a schema: then that of bytes is not known before their schema is. */
  readonly usesSchema: boolean
  /** Null where it needs a schema and there is none. @throws SerializationException for a schema without a name */
  subject(topic: string, isKey: boolean, schema: ParsedSchema | null): string | null
}

const PACKAGE = 'io.confluent.kafka.serializers.subject.'

const byTopic: SubjectStrategy = {
  usesSchema: false,
  subject: (topic, isKey) => `${topic}${isKey ? '-key' : '-value'}`,
}

const strategies: Readonly<Record<string, SubjectStrategy>> = {
  TopicNameStrategy: byTopic,
  RecordNameStrategy: {
    usesSchema: true,
    subject: (_topic, isKey, schema) => schema && recordName(schema, isKey, 'RecordNameStrategy'),
  },
  TopicRecordNameStrategy: {
    usesSchema: true,
    subject: (topic, isKey, schema) =>
      schema && `${topic}-${recordName(schema, isKey, 'TopicRecordNameStrategy')}`,
  },
  // What it does for a topic that the registry has no association for.
  AssociatedNameStrategy: byTopic,
}

/** By its Java class. Null for one that is not known. */
export function subjectStrategy(className: string): SubjectStrategy | null {
  const name = className.trim()
  if (!name.startsWith(PACKAGE)) return null
  const simple = name.slice(PACKAGE.length)
  return Object.hasOwn(strategies, simple) ? strategies[simple]! : null
}

/** For a validator: what is wrong with the class, or null. */
export function strategyComplaint(className: string): string | null {
  if (subjectStrategy(className) !== null) return null
  const known = Object.keys(strategies).map(simple => PACKAGE + simple)
  return `Class ${className.trim()} could not be found. Java classes cannot be loaded; these are built in: ${known.join(', ')}`
}

function recordName(schema: ParsedSchema, isKey: boolean, simple: string): string {
  if (schema.name !== null) return schema.name
  const part = isKey ? 'key' : 'value'
  throw new SerializationException(
    `In configuration ${part}.subject.name.strategy = ${PACKAGE}${simple}, the message ${part} must only be a record schema`,
    { hint: `Topic-named subjects (${PACKAGE}TopicNameStrategy) take schemas without a name too.` },
  )
}

/** What a dead letter holds. Java: DeadLetterQueueReporter.populateContextHeaders */
import { jsonConverterPlugin } from '../converters/json/json-converter.ts'
import { javaClassOf, javaTrace } from '../data/errors.ts'
import { javaText } from '../data/java-text.ts'
import type { OffsetMap, SourceRecord } from '../data/records.ts'
import type { Schema } from '../data/schema.ts'
import type { PackedHeader } from '../kafka/packed-batch.ts'
import { masked } from '../observe/secrets.ts'
import { ConversionPending } from '../sdk/conversion-pending.ts'
import type { Converter } from '../sdk/plugin.ts'
import type { TaskConverters } from './converters.ts'
import { fieldBytes } from './field-buffer.ts'
import { encodedHeaders } from './header-buffer.ts'
import { letterJson } from './letter-json.ts'
import type { ConsumedRecord, ProcessingContext } from './processing-context.ts'
import type { TaskId } from './task-runner.ts'

/** A failed record in raw bytes, and where it came from. */
export interface DeadLetter {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** ms since 1970, -1 = none: the producer takes its own. */
  readonly timestamp: number
  readonly headers: readonly PackedHeader[]
  /** Context headers that stand before the error's and after them; names without `__connect.errors.`. */
  readonly place: readonly ContextHeader[]
  readonly origin: readonly ContextHeader[]
}

type ContextHeader = readonly [name: string, text: string | null]

const PREFIX = '__connect.errors.'

/**
 * The headers to add, in the JVM's order; all text, no secret in what the error says (invariant 5). An error that was
 * made without a message, null in Java, has a null header.
 */
export function contextHeaders<T>(
  id: TaskId,
  letter: Pick<DeadLetter, 'place' | 'origin'>,
  { stage, className, failed, error }: ProcessingContext<T>,
): PackedHeader[] {
  const message = !(error instanceof Error)
    ? String(error)
    : Object.hasOwn(error, 'message')
      ? error.message
      : null
  const cause: ContextHeader[] = [
    ['exception.class.name', javaClassOf(error)],
    ['exception.message', message && masked(message)],
    ['exception.stacktrace', masked(javaTrace(error))],
  ]
  const all: ContextHeader[] = [
    ...letter.place,
    ['connector.name', id.connector],
    ['task.id', String(id.task)],
    ['stage', stage],
    ['class.name', className],
    ...(failed ? cause : []),
    ...letter.origin,
  ]
  return all.map(([name, text]) => ({ name: PREFIX + name, value: text === null ? null : utf8(text) }))
}

/** A sink's: the bytes as they were consumed. */
export function consumedLetter(record: ConsumedRecord): DeadLetter {
  const { key, value, timestamp, headers, topic, partition, offset } = record
  const place: ContextHeader[] = [
    ['topic', topic],
    ['partition', String(partition)],
    ['offset', String(offset)],
  ]
  return { key, value, timestamp, headers, place, origin: [] }
}

/**
 * A source's: what the task's converters make of the record as it was polled, JSON where they would register its schema
 * or have to wait, and Java's text of what cannot be converted. The JVM has no dead letter queue for sources.
 */
export function sourceLetter(record: SourceRecord, converters: TaskConverters): DeadLetter {
  const { topic, kafkaPartition, timestamp, keySchema, key, valueSchema, value } = record
  const to = topic ?? ''
  const place: ContextHeader[] = []
  if (topic != null) place.push(['topic', topic])
  if (kafkaPartition != null) place.push(['partition', String(kafkaPartition)])
  return {
    key: converted(converters.key, to, keySchema, key),
    value: converted(converters.value, to, valueSchema, value),
    timestamp: timestamp != null && timestamp >= 0 ? timestamp : -1,
    headers: record.hasHeaders ? sourceHeaders(to, record, converters) : [],
    place,
    origin: [
      ['source.partition', json(record.sourcePartition)],
      ['source.offset', json(record.sourceOffset)],
    ],
  }
}

function sourceHeaders(topic: string, record: SourceRecord, { header }: TaskConverters): PackedHeader[] {
  try {
    return encodedHeaders(topic, record.headers, header)
  } catch {
    // The letter is about another error, or about this one, which stands in its context headers.
    return [...record.headers].map(({ key, value, schema }) => ({
      name: key,
      value: utf8(javaText(value, schema)),
    }))
  }
}

function converted(
  converter: Converter,
  topic: string,
  schema: Schema | null,
  value: unknown,
): Uint8Array | null {
  try {
    if (!converter.registers) return fieldBytes(out => converter.serialize(topic, schema, value, out))
  } catch (error) {
    // The letter is about another error, or about this one, which stands in its context headers.
    if (!(error instanceof ConversionPending)) return utf8(javaText(value, schema))
  }
  try {
    return letterJson(schema, value)
  } catch {
    // Likewise.
    return utf8(javaText(value, schema))
  }
}

function utf8(text: string): Uint8Array {
  return fieldBytes(out => out.putUtf8(text))!
}

const schemaless = jsonConverterPlugin.converter!({ 'schemas.enable': 'false' }, false)

/** As in the offsets topic. */
function json(map: OffsetMap | null): string | null {
  try {
    const bytes = fieldBytes(out => schemaless.serialize('', null, map, out))
    return bytes === null ? null : Buffer.from(bytes).toString()
  } catch {
    // The letter is about another error.
    return javaText(map)
  }
}

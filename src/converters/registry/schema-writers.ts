import type { ByteSink } from '../../data/bytes.ts'
import { ConnectException, SerializationException } from '../../data/errors.ts'
import type { Schema } from '../../data/schema.ts'
import type { ParsedSchema } from '../../formats/schema-format.ts'
import { LruCache } from '../lru.ts'
import { AwaitedAnswer } from './awaited-answer.ts'
import type { PayloadWriter } from './connect-format.ts'
import { serdeError, writingError } from './conversion-errors.ts'
import type { ConverterParts } from './converter-parts.ts'
import { idPrefix } from './wire-format.ts'
import { type WrittenSchema, writtenSchema } from './written-schema.ts'

/** Of how many topics a converter keeps what it knows. */
const MOST_TOPICS = 1000

interface SchemaWriter<P> {
  /** Null for values without one. */
  readonly schema: Schema | null
  readonly answer: AwaitedAnswer<WrittenSchema<P>>
  /** For the answer that was there last. */
  ready: {
    readonly answer: WrittenSchema<P>
    readonly prefix: Uint8Array
    readonly write: PayloadWriter
  } | null
}

interface TopicWriters<P> {
  /** By Connect schema; for values without one by the schema that they are written with. */
  readonly known: WeakMap<object, SchemaWriter<P>>
  /** By name and text of the schema that values are written with. */
  readonly answers: LruCache<string, AwaitedAnswer<WrittenSchema<P>>>
  last: SchemaWriter<P> | null
}

/** The way out of a registry's converter: a schema id and a payload for each value. */
export class SchemaWriters<P extends ParsedSchema> {
  readonly #parts: ConverterParts<P>
  readonly #topics = new LruCache<string, TopicWriters<P>>(MOST_TOPICS)
  // What the last value was written with; a value like it costs two comparisons.
  #schema: Schema | null = null
  #topic: string | null = null
  #prefix: Uint8Array = idPrefix(0)
  #write: PayloadWriter | null = null
  #until = Number.POSITIVE_INFINITY

  constructor(parts: ConverterParts<P>) {
    this.#parts = parts
  }

  /** @throws ConversionPending, and what Confluent's converters throw */
  serialize(topic: string, schema: Schema | null, value: unknown, out: ByteSink): void {
    if (value === null || value === undefined) {
      if (schema === null || this.#parts.format.writesNull?.(schema) !== true) {
        out.putNull()
        return
      }
    }
    if (
      schema !== this.#schema ||
      schema === null ||
      topic !== this.#topic ||
      (this.#until !== Number.POSITIVE_INFINITY && Date.now() >= this.#until)
    ) {
      this.#choose(topic, schema, value)
    }
    out.putBytes(this.#prefix)
    try {
      this.#write!(value, out)
    } catch (error) {
      throw this.#unwritable(error, topic)
    }
  }

  #choose(topic: string, schema: Schema | null, value: unknown): void {
    this.#schema = null
    const writer = this.#writerOf(topic, schema, value)
    const answer = writer.answer.get()
    if (writer.ready?.answer !== answer) {
      const { id, target } = answer
      writer.ready = { answer, prefix: idPrefix(id), write: this.#parts.format.writer(schema, target) }
    }
    this.#prefix = writer.ready!.prefix
    this.#write = writer.ready!.write
    this.#until = writer.answer.until
    this.#topic = topic
    this.#schema = schema
  }

  #writerOf(topic: string, schema: Schema | null, value: unknown): SchemaWriter<P> {
    const writers = this.#topicWriters(topic)
    const { known, last } = writers
    if (schema !== null) {
      const found = known.get(schema)
      if (found !== undefined) return found
      // Some connectors make the schema anew for each record.
      if (last !== null && last.schema !== null && schema.equals(last.schema)) {
        known.set(schema, last)
        return last
      }
    }
    const own = this.#parts.format.schemaOf(schema, value)
    const found = schema === null ? known.get(own) : undefined
    const writer = found ?? { schema, answer: this.#answerFor(writers, topic, own), ready: null }
    if (found === undefined) known.set(schema ?? own, writer)
    writers.last = writer
    return writer
  }

  #topicWriters(topic: string): TopicWriters<P> {
    const known = this.#topics.get(topic)
    if (known !== undefined) return known
    const made: TopicWriters<P> = {
      known: new WeakMap(),
      answers: new LruCache(this.#parts.cacheSize),
      last: null,
    }
    this.#topics.set(topic, made)
    return made
  }

  #answerFor(writers: TopicWriters<P>, topic: string, own: P): AwaitedAnswer<WrittenSchema<P>> {
    const { strategy, isKey, texts } = this.#parts
    // Messages of one Protobuf file have one text, and each its own subject where that goes by their names.
    const about = `${own.name ?? ''}\n${own.text}`
    const known = writers.answers.get(about)
    if (known !== undefined) return known
    const answer = new AwaitedAnswer(async () => {
      try {
        return await writtenSchema(this.#parts, strategy.subject(topic, isKey, own)!, own)
      } catch (error) {
        throw writingError(serdeError(error, texts.serializing, texts.serializing), topic, texts)
      }
    })
    writers.answers.set(about, answer)
    return answer
  }

  #unwritable(error: unknown, topic: string): unknown {
    const { texts } = this.#parts
    if (error instanceof ConnectException && !(error instanceof SerializationException)) return error
    return writingError(new SerializationException(texts.serializing, { cause: error }), topic, texts)
  }
}

import { ConnectException, SerializationException } from '../../data/errors.ts'
import type { SchemaAndValue } from '../../data/schema.ts'
import type { ParsedSchema } from '../../formats/schema-format.ts'
import { ConversionPending } from '../../sdk/conversion-pending.ts'
import { LruCache } from '../lru.ts'
import { AwaitedAnswer } from './awaited-answer.ts'
import type { PayloadReader } from './connect-format.ts'
import { readingError, serdeError } from './conversion-errors.ts'
import type { ConverterParts } from './converter-parts.ts'
import { type ReadSchema, readSchema } from './read-schema.ts'
import { GUID_PREFIX, guidAt, ID_PREFIX, MAGIC_GUID, MAGIC_ID, noSchemaId } from './wire-format.ts'

/** Of how many topics a converter keeps what it knows. */
const MOST_TOPICS = 1000

type TopicReaders = LruCache<number | string, AwaitedAnswer<ReadSchema>>

/** The way in through a registry's converter: the payload of each record by the schema whose id stands before it. */
export class SchemaReaders<P extends ParsedSchema> {
  readonly #parts: ConverterParts<P>
  readonly #topics = new LruCache<string, TopicReaders>(MOST_TOPICS)
  // What the last record was read with; a record like it costs two comparisons.
  #id = -1
  #topic: string | null = null
  #read: PayloadReader | null = null
  #until = Number.POSITIVE_INFINITY

  constructor(parts: ConverterParts<P>) {
    this.#parts = parts
  }

  /** @throws ConversionPending, and what Confluent's converters throw */
  deserialize(topic: string, data: Buffer, start: number, length: number, into: SchemaAndValue): void {
    if (length < 0) {
      into.schema = null
      into.value = null
      return
    }
    const magic = data[start]
    if (magic === MAGIC_ID && length >= ID_PREFIX) {
      const id = data.readInt32BE(start + 1)
      if (
        id !== this.#id ||
        topic !== this.#topic ||
        (this.#until !== Number.POSITIVE_INFINITY && Date.now() >= this.#until)
      ) {
        this.#choose(topic, id)
      }
      this.#payload(data, start + ID_PREFIX, start + length, into, topic, id)
    } else if (magic === MAGIC_GUID && length >= GUID_PREFIX) {
      const guid = guidAt(data, start)
      this.#choose(topic, guid)
      this.#payload(data, start + GUID_PREFIX, start + length, into, topic, guid)
    } else {
      throw readingError(noSchemaId(data, start, length), topic, this.#parts.texts)
    }
  }

  #payload(
    data: Buffer,
    start: number,
    end: number,
    into: SchemaAndValue,
    topic: string,
    id: number | string,
  ): void {
    try {
      this.#read!(data, start, end, into)
    } catch (error) {
      throw this.#unreadable(error, topic, id)
    }
  }

  #choose(topic: string, id: number | string): void {
    this.#topic = null
    const answer = this.#answerFor(topic, id)
    this.#read = answer.get().read
    this.#until = answer.until
    // A GUID is looked up each time: there is no number to compare.
    if (typeof id === 'number') {
      this.#id = id
      this.#topic = topic
    }
  }

  #answerFor(topic: string, id: number | string): AwaitedAnswer<ReadSchema> {
    const { cacheSize, texts } = this.#parts
    let readers = this.#topics.get(topic)
    if (readers === undefined) {
      readers = new LruCache(cacheSize)
      this.#topics.set(topic, readers)
    }
    const known = readers.get(id)
    if (known !== undefined) return known
    const answer = new AwaitedAnswer(async () => {
      try {
        return await readSchema(this.#parts, topic, id)
      } catch (error) {
        throw readingError(serdeError(error, texts.deserializing(id), texts.deserializing(id)), topic, texts)
      }
    })
    readers.set(id, answer)
    return answer
  }

  #unreadable(error: unknown, topic: string, id: number | string): unknown {
    const { texts } = this.#parts
    if (error instanceof ConversionPending) return error
    if (error instanceof ConnectException && !(error instanceof SerializationException)) return error
    return readingError(new SerializationException(texts.deserializing(id), { cause: error }), topic, texts)
  }
}

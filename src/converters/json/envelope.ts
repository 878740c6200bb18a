/** `{"schema":…,"payload":…}` without parsing the same schema twice. */
import { DataException } from '../../data/errors.ts'
import { readValue } from '../../data/json/jackson-parser.ts'
import { JsonCursor } from '../../data/json/json-cursor.ts'
import { readName } from '../../data/json/json-string.ts'
import { isObject, type JsonNode, member, size } from '../../data/json/node.ts'
import { JsonParseException } from '../../data/json/parse-error.ts'
import { DECIMAL_NAME } from '../../data/logical-names.ts'
import type { Schema, SchemaAndValue } from '../../data/schema.ts'
import { CyclicSchema } from '../cyclic-schema.ts'
import { LruCache } from '../lru.ts'
import { documentReader, type PayloadReader } from './compiled-reader.ts'
import type { JsonOptions } from './config.ts'
import { type NumberMode, readJson, readJsonValue } from './read.ts'
import { schemaFromJson } from './schema-from-json.ts'
import { ShapeReader } from './shape-reader.ts'
import { toConnect } from './to-connect.ts'

const NOT_AN_ENVELOPE =
  'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields. If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration.'

/** Beyond this many prefixes comparing them one by one costs more than it saves. */
const MAX_PREFIXES = 8
const CLOSES_OBJECT = 0x7d

/** Everything before the payload, blanks included, and the schema in it. */
interface Prefix {
  bytes: Buffer
  schema: Schema | null
  mode: NumberMode
  read: PayloadReader
  shapes: ShapeReader
}

export class EnvelopeReader {
  /** The latest hit comes first. */
  private readonly prefixes: Prefix[] = []
  private readonly schemas: LruCache<string, Schema>
  private readonly readers = new WeakMap<Schema, PayloadReader>()

  constructor(
    private readonly options: JsonOptions,
    cacheSize: number,
  ) {
    this.schemas = new LruCache(cacheSize)
  }

  /** @throws DataException, SerializationException with Jackson's text */
  read(data: Buffer, start: number, end: number, into: SchemaAndValue): void {
    const prefix = this.findPrefix(data, start, end) ?? this.learnPrefix(data, start, end)
    const payload = prefix === null ? undefined : readPayload(data, start + prefix.bytes.length, end, prefix)
    if (prefix === null || payload === undefined) {
      this.readWhole(data, start, end, into)
    } else {
      into.schema = prefix.schema
      into.value = prefix.read(payload)
    }
  }

  private findPrefix(data: Buffer, start: number, end: number): Prefix | null {
    for (let i = 0; i < this.prefixes.length; i++) {
      const prefix = this.prefixes[i]!
      const { length } = prefix.bytes
      if (end - start <= length || prefix.bytes.compare(data, start, start + length) !== 0) continue
      if (i > 0) {
        this.prefixes.splice(i, 1)
        this.prefixes.unshift(prefix)
      }
      return prefix
    }
    return null
  }

  /** Null when the text does not begin with a sound schema and the payload after it. */
  private learnPrefix(data: Buffer, start: number, end: number): Prefix | null {
    try {
      const cursor = new JsonCursor(data, start, end)
      if (!passes(cursor, '{') || !passesName(cursor, 'schema')) return null
      const from = cursor.at
      const node = readValue(cursor, 1)
      const text = data.toString('utf8', from, cursor.at)
      if (!passes(cursor, ',') || !passesName(cursor, 'payload')) return null
      const schema = this.schemaOf(text, node)
      const bytes = Buffer.from(data.subarray(start, cursor.at))
      const mode = numberMode(schema)
      const prefix = { bytes, schema, mode, read: this.readerOf(schema), shapes: new ShapeReader(mode) }
      this.prefixes.unshift(prefix)
      if (this.prefixes.length > MAX_PREFIXES) this.prefixes.pop()
      return prefix
    } catch (error) {
      // Reading the whole tells what is wrong, and in the JVM's order: first the text, then the schema.
      if (error instanceof JsonParseException || error instanceof DataException) return null
      throw error
    }
  }

  /** The same schema object for the same text, so that those who cache by it find it again. */
  private schemaOf(text: string, node: JsonNode): Schema | null {
    const cached = this.schemas.get(text)
    if (cached !== undefined) return cached
    const schema = schemaFromJson(node, this.options)
    if (schema !== null) this.schemas.set(text, schema)
    return schema
  }

  private readerOf(schema: Schema | null): PayloadReader {
    if (schema === null) return documentReader(null, this.options)
    let reader = this.readers.get(schema)
    if (reader === undefined) {
      reader = documentReader(schema, this.options)
      this.readers.set(schema, reader)
    }
    return reader
  }

  private readWhole(data: Buffer, start: number, end: number, into: SchemaAndValue): void {
    const document = readJson(data, start, end, 'digits')
    const node = isObject(document) && size(document) === 2 ? member(document, 'schema') : undefined
    const payload = node === undefined ? undefined : member(document as Map<string, JsonNode>, 'payload')
    if (node === undefined || payload === undefined) throw new DataException(NOT_AN_ENVELOPE)
    if (node === null) {
      // Without a schema numbers become values, not digits: read again for that.
      const values = readJson(data, start, end, 'value') as Map<string, JsonNode>
      into.schema = null
      into.value = toConnect(null, member(values, 'payload')!, this.options)
    } else {
      const schema = schemaFromJson(node, this.options)
      into.schema = schema
      into.value = toConnect(schema, payload, this.options)
    }
  }
}

function passes(cursor: JsonCursor, char: string): boolean {
  if (cursor.skipBlanks() !== char.charCodeAt(0)) return false
  cursor.at++
  return true
}

/** Passes `"name":` and the blanks around. */
function passesName(cursor: JsonCursor, name: string): boolean {
  if (cursor.skipBlanks() !== 0x22 || readName(cursor) !== name || !passes(cursor, ':')) return false
  cursor.skipBlanks()
  return true
}

/** Undefined when what follows is not one value and the closing brace: then it is no plain envelope. */
function readPayload(data: Buffer, start: number, end: number, prefix: Prefix): JsonNode | undefined {
  if (data[end - 1] === CLOSES_OBJECT) {
    const payload = readJsonValue(data, start, end - 1, prefix.mode, prefix.shapes)
    if (payload !== undefined) return payload
  }
  const cursor = new JsonCursor(data, start, end)
  try {
    const payload = readValue(cursor, 1)
    return cursor.skipBlanks() === CLOSES_OBJECT ? payload : undefined
  } catch (error) {
    if (error instanceof JsonParseException) return undefined
    throw error
  }
}

/** What a payload of that schema asks of its numbers. */
export function numberMode(schema: Schema | null): NumberMode {
  if (schema === null) return 'value'
  return needsDigits(schema) ? 'digits' : 'double'
}

/** Decimals and floats are made from the written digits, all other types from the double as well. */
function needsDigits(schema: Schema): boolean {
  if (schema instanceof CyclicSchema) return false // it is asked about where it is not inside itself
  switch (schema.type) {
    case 'FLOAT32':
      return true
    case 'BYTES':
      return schema.name === DECIMAL_NAME
    case 'ARRAY':
      return schema.valueSchema !== null && needsDigits(schema.valueSchema)
    case 'MAP':
      return [schema.keySchema, schema.valueSchema].some(part => part !== null && needsDigits(part))
    case 'STRUCT':
      return schema.fields.some(field => needsDigits(field.schema))
    default:
      return false
  }
}

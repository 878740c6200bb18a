/** Avro as a registry's converter knows it. Java: io.confluent.connect.avro.AvroConverter, AvroData */
import { DataException, SerializationException } from '../../data/errors.ts'
import type { Schema } from '../../data/schema.ts'
import { withAliases } from '../../formats/avro/aliases.ts'
import { AvroSchema, avroFormat } from '../../formats/avro/avro-schema.ts'
import type { AvroType } from '../../formats/avro/types.ts'
import { LruCache } from '../lru.ts'
import type { ConnectFormat, PayloadReader, PayloadWriter } from '../registry/connect-format.ts'
import { anythingSchema, isAnythingType } from './anything.ts'
import { AvroInput } from './avro-input.ts'
import { AvroOutput } from './avro-output.ts'
import type { AvroOptions } from './config.ts'
import { restReader, type ValueReader } from './read-scalars.ts'
import { valueReader } from './read-values.ts'
import { avroTypeOf } from './schema-from-connect.ts'
import { connectSchemaOf } from './schema-to-connect.ts'
import { valueWriter } from './write-values.ts'

export class AvroFormat implements ConnectFormat<AvroSchema> {
  readonly format = avroFormat
  readonly label = 'Avro'
  readonly #options: AvroOptions
  /** By version and whole text, what is referred to included: schemas of several ids may be one. */
  readonly #connectSchemas: LruCache<string, Schema>
  // Values are written and read one after the other.
  readonly #output = new AvroOutput()
  readonly #input = new AvroInput()

  constructor(options: AvroOptions) {
    this.#options = options
    this.#connectSchemas = new LruCache(options.cacheSize)
  }

  schemaOf(schema: Schema | null): AvroSchema {
    return schema === null ? anythingSchema : new AvroSchema(avroTypeOf(schema, this.#options))
  }

  writesNull(schema: Schema): boolean {
    if (schema.optional) return false
    throw new DataException('Found null value for non-optional schema', { hint: `The schema is ${schema}.` })
  }

  writer(schema: Schema | null, target: AvroSchema): PayloadWriter {
    const write = valueWriter(schema, target.root, this.#options)
    const output = this.#output
    const isBytes = target.root.type === 'bytes'
    return (value, out) => {
      output.start()
      try {
        write(value, output)
      } catch (error) {
        throw tooDeep(error)
      }
      if (isBytes) output.putAloneInto(out)
      else output.putInto(out)
    }
  }

  reader(writer: AvroSchema, version: number | null, target: AvroSchema = writer): PayloadReader {
    const schema = this.#connectSchemaOf(target, version)
    const written = writer === target ? writer.root : withAliases(writer.root, target.root)
    const read = messageReader(written, target.root, schema, this.#options)
    const input = this.#input
    return (data, start, end, into) => {
      input.open(data, start, end)
      try {
        into.value = read(input)
        into.schema = schema
      } catch (error) {
        throw tooDeep(error)
      } finally {
        input.close()
      }
    }
  }

  #connectSchemaOf(schema: AvroSchema, version: number | null): Schema | null {
    if (isAnythingType(schema.root)) return null
    const key = `${version} ${schema.formatted('resolved')}`
    const known = this.#connectSchemas.get(key)
    if (known !== undefined) return known
    const made = connectSchemaOf(schema.root, version, this.#options)
    this.#connectSchemas.set(key, made)
    return made
  }
}

/** A message that is nothing but `bytes` has no length before them. */
function messageReader(
  writer: AvroType,
  reader: AvroType,
  schema: Schema | null,
  options: AvroOptions,
): ValueReader {
  if (writer.type === 'bytes' && reader.type === 'bytes' && schema !== null) return restReader(schema)
  return valueReader(writer, reader, schema, options)
}

/** Data that contains itself again and again exhausts the stack before it ends. */
function tooDeep(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error
  return new SerializationException('The data is nested too deeply', { cause: error })
}

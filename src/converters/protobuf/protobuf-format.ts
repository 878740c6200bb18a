/** Protobuf for Connect. Java: io.confluent.connect.protobuf.ProtobufData, KafkaProtobufSerializer, …Deserializer */
import { DataException, SerializationException } from '../../data/errors.ts'
import type { Schema } from '../../data/schema.ts'
import { encodeIndexes, readIndexes } from '../../formats/protobuf/message-indexes.ts'
import { type ProtobufSchema, protobufFormat } from '../../formats/protobuf/protobuf-schema.ts'
import { WireError, WireReader } from '../../formats/protobuf/wire-reader.ts'
import { WireWriter } from '../../formats/protobuf/wire-writer.ts'
import type { ConnectFormat, PayloadReader, PayloadWriter } from '../registry/connect-format.ts'
import type { ProtobufOptions } from './config.ts'
import type { BodyReader } from './logical.ts'
import { ValueReaders } from './read-values.ts'
import { refuseOtherMeaning } from './registered-message.ts'
import { schemaFromConnect } from './schema-from-connect.ts'
import { ConnectSchemas } from './schema-to-connect.ts'
import { ValueWriters } from './write-values.ts'

/** Of how many messages of one schema the readers are kept. */
const MOST_MESSAGES = 1000

interface MessageReader {
  readonly schema: Schema
  readonly name: string
  readonly read: BodyReader
}

export class ProtobufFormat implements ConnectFormat<ProtobufSchema> {
  readonly format = protobufFormat
  readonly label = 'Protobuf'
  private readonly own = new WeakMap<Schema, ProtobufSchema>()
  private readonly out = new WireWriter()
  private readonly in = new WireReader(Buffer.alloc(0), 0, 0)

  constructor(private readonly options: ProtobufOptions) {}

  schemaOf(schema: Schema | null, _value: unknown): ProtobufSchema {
    if (schema === null)
      throw new DataException('Protobuf cannot write a value that has no schema', {
        hint: 'Let the source give the record a schema, or use a converter that needs none (JsonConverter with schemas.enable=false).',
      })
    const known = this.own.get(schema)
    if (known !== undefined) return known
    const made = schemaFromConnect(schema, this.options)
    this.own.set(schema, made)
    return made
  }

  writer(schema: Schema | null, target: ProtobufSchema): PayloadWriter {
    const own = this.schemaOf(schema, null)
    const message = own.message(own.name!)
    if (target !== own) refuseOtherMeaning(message, target)
    const indexes = encodeIndexes(target.indexesOf(own.name!))
    const write = new ValueWriters(this.options).root(schema!, message)
    const { out } = this
    return (value, sink) => {
      out.clear()
      out.raw(indexes)
      write(value, out)
      sink.putBytes(out.written())
    }
  }

  /** The data are read as `target` has them, where it is given: by the message of the same name. */
  reader(writer: ProtobufSchema, version: number | null, target: ProtobufSchema = writer): PayloadReader {
    const readers = new Map<string, MessageReader>()
    let first: MessageReader | null = null
    const bytes = this.in
    return (data, start, end, into) => {
      const { indexes, at } = readIndexes(data, start, end)
      let reader = indexes.length === 1 && indexes[0] === 0 ? first : (readers.get(indexes.join()) ?? null)
      if (reader === null) {
        reader = this.messageReader(writer, target, indexes, version)
        if (readers.size < MOST_MESSAGES) readers.set(indexes.join(), reader)
        if (indexes.length === 1 && indexes[0] === 0) first = reader
      }
      bytes.open(data, at, end)
      try {
        into.value = reader.read(bytes)
      } catch (error) {
        if (!(error instanceof WireError)) throw error
        throw error.located(`message ${reader.name}`, bytes.at - at, end - at)
      }
      into.schema = reader.schema
    }
  }

  private messageReader(
    writer: ProtobufSchema,
    target: ProtobufSchema,
    indexes: readonly number[],
    version: number | null,
  ): MessageReader {
    const name = writer.nameAt(indexes)
    if (name === null)
      throw new SerializationException(
        `Invalid message indexes: [${indexes.join(', ')}]; the schema has ${writer.messageNames()}`,
      )
    const message = target.message(name)
    const schemas = new ConnectSchemas(this.options)
    const schema = schemas.root(message, version)
    const readers = new ValueReaders(this.options, oneof => schemas.unionField(oneof))
    return { schema, name, read: readers.root(message, schema) }
  }
}

/** Readers of single values, by the Avro type that they are written as and the Connect schema that they become. */
import { decimalFromBytes } from '../../data/decimal.ts'
import { SerializationException } from '../../data/errors.ts'
import { decodeUtf8 } from '../../data/java-utf8.ts'
import { dateFromInt, timeFromInt, timestampFromLong } from '../../data/logical.ts'
import { DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '../../data/logical-names.ts'
import type { Schema } from '../../data/schema.ts'
import type { AvroType, EnumType } from '../../formats/avro/types.ts'
import type { AvroInput } from './avro-input.ts'

/** @throws SerializationException for bytes that are no value of the type */
export type ValueReader = (input: AvroInput) => unknown

/** `writer` is `reader` or what it widens. Null where the names of the types do not agree. */
export function scalarReader(writer: AvroType, reader: AvroType, schema: Schema): ValueReader | null {
  switch (writer.type) {
    case 'boolean':
      return input => input.boolean()
    case 'int':
      return intReader(reader, schema)
    case 'long':
      return longReader(reader, schema)
    case 'float':
      return input => input.float()
    case 'double':
      return input => input.double()
    case 'string':
      return reader.type === 'bytes' ? bytesReader(schema) : input => input.string()
    case 'bytes':
      return reader.type === 'string' ? input => input.string() : bytesReader(schema)
    case 'fixed': {
      if (reader.type !== 'fixed' || reader.name.simple !== writer.name.simple || reader.size !== writer.size)
        return null
      const { size } = writer
      return ofBytes(schema, input => input.fixed(size))
    }
    case 'enum':
      return reader.type === 'enum' ? enumReader(writer, reader) : null
    default:
      return null
  }
}

function intReader(reader: AvroType, schema: Schema): ValueReader {
  switch (schema.name) {
    case DATE_NAME:
      return input => dateFromInt(schema, input.int())
    case TIME_NAME:
      return input => timeFromInt(schema, input.int())
    case TIMESTAMP_NAME:
      return input => timestampFromLong(schema, input.int())
  }
  if (schema.type === 'INT8') return input => (input.int() << 24) >> 24
  if (schema.type === 'INT16') return input => (input.int() << 16) >> 16
  return reader.type === 'float' ? input => Math.fround(input.int()) : input => input.int()
}

function longReader(reader: AvroType, schema: Schema): ValueReader {
  if (schema.name === TIMESTAMP_NAME) return input => timestampFromLong(schema, input.long())
  if (reader.type === 'double') return input => Number(input.long())
  return reader.type === 'float' ? input => Math.fround(Number(input.long())) : input => input.long()
}

function bytesReader(schema: Schema): ValueReader {
  return ofBytes(schema, input => input.bytes())
}

/** The whole of what is left, as Avro's `bytes` stand alone in a message. */
export function restReader(schema: Schema): ValueReader {
  return ofBytes(schema, input => input.rest())
}

function ofBytes(schema: Schema, read: (input: AvroInput) => Buffer): ValueReader {
  if (schema.type === 'STRING') return input => textOf(read(input))
  if (schema.name !== DECIMAL_NAME) return read
  return input => {
    const bytes = read(input)
    if (bytes.length === 0) throw new SerializationException('Malformed data. A decimal has no bytes')
    return decimalFromBytes(schema, bytes)
  }
}

function textOf(bytes: Buffer): string {
  return decodeUtf8(bytes, 0, bytes.length)
}

/** What the reader does not know becomes its default, where it has one. */
function enumReader(writer: EnumType, reader: EnumType): ValueReader | null {
  if (writer.name.simple !== reader.name.simple) return null
  const symbols = writer.symbols.map(symbol =>
    reader.symbols.includes(symbol) ? symbol : reader.defaultSymbol,
  )
  const count = symbols.length
  return input => {
    const index = input.index(count, `Symbol of ${writer.name.full}`)
    const symbol = symbols[index]!
    if (symbol !== null) return symbol
    throw new SerializationException(`No match for ${writer.symbols[index]} in ${reader.name.full}`)
  }
}

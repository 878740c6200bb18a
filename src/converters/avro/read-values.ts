/** Readers of Avro bytes as Connect values, made once for a schema. Java: AvroData.toConnectData, GenericDatumReader */
import { DataException, SerializationException } from '../../data/errors.ts'
import type { Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import { isWidened, matchingBranch } from '../../formats/avro/resolve.ts'
import {
  type ArrayType,
  type AvroType,
  fieldOf,
  fullNameOf,
  isNamed,
  type MapType,
  type RecordType,
  type UnionType,
} from '../../formats/avro/types.ts'
import { inField } from '../field-path.ts'
import { isAnythingType } from './anything.ts'
import type { AvroInput } from './avro-input.ts'
import type { AvroOptions } from './config.ts'
import { isUnion, unionFieldName } from './connect-kinds.ts'
import { fromFieldDefault } from './default-to-connect.ts'
import { leastBytes } from './least-bytes.ts'
import { KEY_FIELD } from './names.ts'
import { scalarReader, type ValueReader } from './read-scalars.ts'
import { hashMapOf, readSchemaless, setTableSize } from './read-schemaless.ts'
import { skipper } from './skip-values.ts'

/**
 * Reads what was written as `writer` and makes of it values of `schema`, which `connectSchemaOf` made of `reader`; null
 * for `Anything`. What cannot be read as the reader's type is an error where it comes.
 */
export function valueReader(
  writer: AvroType,
  reader: AvroType,
  schema: Schema | null,
  options: AvroOptions,
): ValueReader {
  return new Readers(options).of(writer, reader, schema)
}

class Readers {
  /** Of records and of maps' entries, which may contain themselves and be used again and again. */
  readonly #known = new Map<Schema, Map<AvroType, ValueReader>>()

  constructor(private readonly options: AvroOptions) {}

  of(writer: AvroType, reader: AvroType, schema: Schema | null): ValueReader {
    if (schema === null) return isAnythingType(writer) ? readSchemaless : refuse(writer, reader)
    if (writer.type === 'union') return this.#writtenUnion(writer, reader, schema)
    if (reader.type === 'union') return this.#readUnion(writer, reader, schema)
    switch (writer.type) {
      case 'array':
        if (reader.type !== 'array') break
        return schema.type === 'MAP'
          ? this.#once(writer, schema, () => this.#entries(writer, reader, schema))
          : this.#array(writer, reader, schema)
      case 'map':
        if (reader.type === 'map') return this.#map(writer, reader, schema)
        break
      case 'record':
        if (reader.type === 'record')
          return this.#once(writer, schema, () => this.#record(writer, reader, schema))
        break
      case 'null':
        if (reader.type === 'null') return readNull
        break
      default:
        if (writer.type !== reader.type && !isWidened(writer, reader)) break
        return scalarReader(writer, reader, schema) ?? refuse(writer, reader)
    }
    return refuse(writer, reader)
  }

  #writtenUnion(writer: UnionType, reader: AvroType, schema: Schema): ValueReader {
    const branches = writer.types.map((branch, i) => {
      if (writer !== reader || reader.type !== 'union') return this.of(branch, reader, schema)
      return this.#branch(branch, reader, i, schema)
    })
    const count = branches.length
    return input => branches[input.index(count, 'Union branch')]!(input)
  }

  #readUnion(writer: AvroType, reader: UnionType, schema: Schema): ValueReader {
    const index = matchingBranch(writer, reader)
    return index < 0 ? refuse(writer, reader) : this.#branch(writer, reader, index, schema)
  }

  /** A value of the reader's branch: in its field where the union became a struct. */
  #branch(writer: AvroType, reader: UnionType, index: number, schema: Schema): ValueReader {
    const branch = reader.types[index]!
    if (branch.type === 'null') return writer.type === 'null' ? readNull : refuse(writer, branch)
    if (!isUnion(schema)) return this.of(writer, branch, schema)
    const field = schema.field(unionFieldName(branch, index, this.options))
    if (field === null) throw new DataException('Did not find matching union field for data')
    const read = this.of(writer, branch, field.schema)
    const { length } = schema.fields
    return input => {
      const values: unknown[] = new Array(length).fill(null)
      values[field.index] = read(input)
      return new Struct(schema, values)
    }
  }

  #array(writer: ArrayType, reader: ArrayType, schema: Schema): ValueReader {
    const read = this.of(writer.items, reader.items, schema.valueSchema)
    const least = leastBytes(writer.items)
    return input => {
      const elements: unknown[] = []
      try {
        for (let count = input.block(least); count > 0; count = input.block(least))
          for (let i = 0; i < count; i++) elements.push(read(input))
      } catch (error) {
        throw inField(error, `[${elements.length}]`)
      }
      return elements
    }
  }

  #map(writer: MapType, reader: MapType, schema: Schema): ValueReader {
    const read = this.of(writer.values, reader.values, schema.valueSchema)
    const least = 1 + leastBytes(writer.values)
    return input => {
      const entries: [string, unknown][] = []
      let object: Record<string, unknown> | null = {}
      let total = 0
      let key = ''
      try {
        for (let count = input.block(least); count > 0; count = input.block(least)) {
          total += count
          for (let i = 0; i < count; i++) {
            key = input.string()
            const value = read(input)
            if (key === '__proto__' && object !== null) {
              entries.push(...Object.entries(object))
              object = null
            }
            if (object === null) entries.push([key, value])
            else object[key] = value
          }
        }
      } catch (error) {
        throw inField(error, `[${key}]`)
      }
      if (object === null) return hashMapOf(entries, schema.keySchema)
      setTableSize(object, total)
      return object
    }
  }

  /** A map that Avro cannot have. */
  #entries(writer: ArrayType, reader: ArrayType, schema: Schema): ValueReader {
    const { items } = reader
    if (writer.items.type !== 'record' || items.type !== 'record') return refuse(writer, reader)
    const read = this.#fields(writer.items, items, field =>
      field === KEY_FIELD ? schema.keySchema! : schema.valueSchema!,
    )
    const keyAt = items.fields.findIndex(field => field.name === KEY_FIELD)
    const least = leastBytes(writer.items)
    return input => {
      const entries: [unknown, unknown][] = []
      try {
        for (let count = input.block(least); count > 0; count = input.block(least)) {
          for (let i = 0; i < count; i++) {
            const fields = read(input)
            entries.push([fields[keyAt], fields[1 - keyAt]])
          }
        }
      } catch (error) {
        throw inField(error, `[${entries.length}]`)
      }
      return hashMapOf(entries, schema.keySchema)
    }
  }

  #once(writer: AvroType, schema: Schema, make: () => ValueReader): ValueReader {
    const known = this.#known.get(schema)?.get(writer)
    if (known !== undefined) return known
    // Entered before it is complete, for fields that hold the record itself.
    let complete: ValueReader | null = null
    const readers = this.#known.get(schema) ?? new Map<AvroType, ValueReader>()
    this.#known.set(schema, readers)
    readers.set(writer, input => complete!(input))
    complete = make()
    readers.set(writer, complete)
    return complete
  }

  #record(writer: RecordType, reader: RecordType, schema: Schema): ValueReader {
    const read = this.#fields(writer, reader, name => schema.field(name)!.schema)
    return input => new Struct(schema, read(input))
  }

  /** The reader's fields in its order. */
  #fields(
    writer: RecordType,
    reader: RecordType,
    schemaOf: (field: string) => Schema,
  ): (input: AvroInput) => unknown[] {
    const places = writer.fields.map(field => reader.fields.findIndex(other => other.name === field.name))
    const readers = writer.fields.map((field, i) => {
      const target = reader.fields[places[i]!]
      return target === undefined
        ? skipper(field.type)
        : this.of(field.type, target.type, schemaOf(target.name))
    })
    const added = reader.fields.flatMap((field, place) => {
      if (fieldOf(writer, field.name) !== undefined) return []
      if (field.defaultValue === undefined) throw missing(writer, reader, field.name)
      const { type, defaultValue } = field
      const schema = schemaOf(field.name)
      // Made anew for each record, for it may be an array or a struct.
      return [{ place, make: () => fromFieldDefault(schema, type, defaultValue, this.options) }]
    })
    const count = readers.length
    const { length } = reader.fields
    const isInOrder = added.length === 0 && places.every((place, i) => place === i)
    return input => {
      const values: unknown[] = new Array(length)
      let i = 0
      try {
        if (isInOrder) {
          for (; i < count; i++) values[i] = readers[i]!(input)
        } else {
          for (; i < count; i++) {
            const value = readers[i]!(input)
            const place = places[i]!
            if (place >= 0) values[place] = value
          }
          for (const { place, make } of added) values[place] = make()
        }
      } catch (error) {
        throw inField(error, writer.fields[i]?.name ?? reader.name.full)
      }
      return values
    }
  }
}

const readNull: ValueReader = () => null

function words(type: AvroType): string {
  return isNamed(type) ? fullNameOf(type) : type.type
}

/** An error only when such a value comes: what is written may never be of that branch. */
function refuse(writer: AvroType, reader: AvroType): ValueReader {
  return () => {
    throw new SerializationException(`Found ${words(writer)}, expecting ${words(reader)}`)
  }
}

function missing(writer: RecordType, reader: RecordType, field: string): DataException {
  return new DataException(
    `Found ${writer.name.full}, expecting ${reader.name.full}, missing required field ${field}`,
    {
      hint: 'The latest version of the subject has a field without a default that older data does not have.',
    },
  )
}

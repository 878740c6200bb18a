/** Writers of Connect values as Avro bytes, made once for a pair of schemas. Java: AvroData.fromConnectData */
import { DataException } from '../../data/errors.ts'
import type { Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import { defaultBytes } from '../../formats/avro/default-bytes.ts'
import { schemaText } from '../../formats/avro/print.ts'
import {
  type AvroType,
  fullNameOf,
  isNamed,
  type RecordType,
  type UnionType,
} from '../../formats/avro/types.ts'
import { wrongClass } from '../checked-numbers.ts'
import { inField } from '../field-path.ts'
import { isAnythingType } from './anything.ts'
import type { AvroOptions } from './config.ts'
import { avroNameOf, isAvroMap, isUnion } from './connect-kinds.ts'
import { KEY_FIELD, VALUE_FIELD } from './names.ts'
import { scrubbed } from './scrub.ts'
import { entriesWriter, mapWriter } from './write-maps.ts'
import { scalarWriter, type ValueWriter } from './write-scalars.ts'
import { writeSchemaless } from './write-schemaless.ts'

/**
 * Takes nulls too. `type` is what `avroTypeOf` made of the schema or another type that takes its values: numbers are
 * widened, fields go by name, those that the type lacks are left out and those that it has on top get their defaults.
 * @throws DataException when the values of the schema are none of the type
 */
export function valueWriter(schema: Schema | null, type: AvroType, options: AvroOptions): ValueWriter {
  return new Writers(options).of(schema, type)
}

class Writers {
  /** Of structs and of maps' entries, which may contain themselves and be used again and again. */
  readonly #known = new Map<Schema, Map<AvroType, ValueWriter>>()

  constructor(private readonly options: AvroOptions) {}

  of(schema: Schema | null, type: AvroType): ValueWriter {
    if (schema === null) return schemalessWriter(type)
    if (isUnion(schema)) return this.#union(schema, type)
    if (type.type === 'union') return this.#branch(schema, type)
    const write = this.#value(schema, type)
    return (value, out) => {
      if (value === null || value === undefined) throw nullFor(schema)
      write(value, out)
    }
  }

  /** Into the branch of a union that is of the schema's type. */
  #branch(schema: Schema, union: UnionType): ValueWriter {
    const nullIndex = union.types.findIndex(branch => branch.type === 'null')
    const { index, write } = this.#branchFor(schema, union)
    if (nullIndex < 0 || !schema.optional) {
      return (value, out) => {
        if (value === null || value === undefined) throw nullFor(schema)
        out.int(index)
        write(value, out)
      }
    }
    return (value, out) => {
      if (value === null || value === undefined) {
        out.int(nullIndex)
        return
      }
      out.int(index)
      write(value, out)
    }
  }

  /** By name, else by type, else the first that takes the values. */
  #branchFor(schema: Schema, union: UnionType): { index: number; write: ValueWriter } {
    const name = avroNameOf(schema, this.options)
    const word = avroWord(schema, this.options)
    const ranks = [
      (type: AvroType) => isNamed(type) && type.name.full === name,
      (type: AvroType) => type.type === word,
      (type: AvroType) => type.type !== 'null',
    ]
    const tried = new Set<AvroType>()
    for (const suits of ranks) {
      for (const [index, type] of union.types.entries()) {
        if (tried.has(type) || !suits(type)) continue
        const write = this.#attempt(schema, type)
        if (write !== null) return { index, write }
        tried.add(type)
      }
    }
    throw mismatch(schema, union)
  }

  #attempt(schema: Schema, type: AvroType): ValueWriter | null {
    try {
      return this.#value(schema, type)
    } catch (error) {
      if (error instanceof DataException) return null
      throw error
    }
  }

  /** Of a value that is not null, into a type that is no union. */
  #value(schema: Schema, type: AvroType): ValueWriter {
    switch (schema.type) {
      case 'ARRAY':
        if (type.type === 'array') return this.#array(schema, type.items)
        break
      case 'MAP':
        if (type.type === 'map') return this.#map(schema, type.values)
        if (type.type === 'array' && type.items.type === 'record') {
          const entry = type.items
          return this.#once(schema, entry, () => this.#entries(schema, entry))
        }
        break
      case 'STRUCT':
        if (type.type === 'record') return this.#once(schema, type, () => this.#struct(schema, type))
        break
      default: {
        const write = scalarWriter(schema, type)
        if (write !== null) return write
      }
    }
    throw mismatch(schema, type)
  }

  #array(schema: Schema, items: AvroType): ValueWriter {
    const write = this.of(schema.valueSchema, items)
    return (value, out) => {
      if (!Array.isArray(value)) throw wrongClass(schema, value)
      if (value.length > 0) out.int(value.length)
      let i = 0
      try {
        for (; i < value.length; i++) write(value[i], out)
      } catch (error) {
        throw inField(error, `[${i}]`)
      }
      out.int(0)
    }
  }

  #map(schema: Schema, values: AvroType): ValueWriter {
    if (!isAvroMap(schema, this.options) && schema.keySchema?.type !== 'STRING')
      throw new DataException(`Keys of ${schema} are no strings, as those of an Avro map are`)
    return mapWriter(schema, this.of(schema.valueSchema, values))
  }

  #entries(schema: Schema, entry: RecordType): ValueWriter {
    const { keySchema, valueSchema } = schema
    const parts = entry.fields.map(field => {
      if (field.name === KEY_FIELD) return { isKey: true, write: this.of(keySchema, field.type) }
      if (field.name === VALUE_FIELD) return { isKey: false, write: this.of(valueSchema, field.type) }
      throw mismatch(schema, entry)
    })
    if (parts.length !== 2) throw mismatch(schema, entry)
    return entriesWriter(schema, parts)
  }

  #once(schema: Schema, record: RecordType, make: () => ValueWriter): ValueWriter {
    const known = this.#known.get(schema)?.get(record)
    if (known !== undefined) return known
    // Entered before it is complete, for fields that hold the struct itself.
    let complete: ValueWriter | null = null
    const later: ValueWriter = (value, out) => complete!(value, out)
    const writers = this.#known.get(schema) ?? new Map<AvroType, ValueWriter>()
    this.#known.set(schema, writers)
    writers.set(record, later)
    try {
      complete = make()
    } catch (error) {
      writers.delete(record)
      throw error
    }
    writers.set(record, complete)
    return complete
  }

  #struct(schema: Schema, record: RecordType): ValueWriter {
    const { ignoreDefault, scrub } = this.options
    const byAvroName = new Map(
      schema.fields.map(field => [scrub ? scrubbed(field.name) : field.name, field] as const),
    )
    // In the order of the record. Without a field of the struct: the bytes of the default.
    const indexes: number[] = []
    const defaults: unknown[] = []
    const writers: ValueWriter[] = []
    for (const { name, type, defaultValue } of record.fields) {
      const field = byAvroName.get(name)
      if (field === undefined) {
        const bytes = defaultBytes(type, defaultValue)
        if (bytes === null) {
          throw new DataException(
            `${schema} has no field ${name}, which the Avro record ${record.name.full} has without a default`,
          )
        }
        indexes.push(-1)
        defaults.push(bytes)
        writers.push((_value, out) => out.raw(bytes))
      } else {
        indexes.push(field.index)
        defaults.push(ignoreDefault ? null : field.schema.defaultValue)
        writers.push(this.#field(field.schema, type, name))
      }
    }
    let accepted = schema
    const count = writers.length
    return (value, out) => {
      if (!(value instanceof Struct)) throw wrongClass(schema, value)
      if (value.schema !== schema && value.schema !== accepted) {
        checkSchema(value, schema)
        accepted = value.schema
      }
      const values = value.rawValues
      let i = 0
      try {
        for (; i < count; i++) writers[i]!(values[indexes[i]!] ?? defaults[i], out)
      } catch (error) {
        throw inField(error, record.fields[i]!.name)
      }
    }
  }

  #field(schema: Schema, type: AvroType, name: string): ValueWriter {
    try {
      return this.of(schema, type)
    } catch (error) {
      throw inField(error, name)
    }
  }

  /** A struct of which one field is set: the branch of that field. */
  #union(schema: Schema, type: AvroType): ValueWriter {
    const union: UnionType = type.type === 'union' ? type : { type: 'union', types: [type], props: new Map() }
    const isBare = union !== type
    const nullIndex = union.types.findIndex(branch => branch.type === 'null')
    const branches = schema.fields.map(field => this.#branchFor(field.schema, union))
    return (value, out) => {
      if (value !== null && value !== undefined) {
        if (!(value instanceof Struct)) throw wrongClass(schema, value)
        if (value.schema !== schema) checkSchema(value, schema)
        for (const field of schema.fields) {
          const member = this.options.ignoreDefault ? value.getWithoutDefault(field) : value.get(field)
          if (member === null) continue
          const { index, write } = branches[field.index]!
          if (!isBare) out.int(index)
          write(member, out)
          return
        }
      }
      if (nullIndex < 0 || !schema.optional) throw nullFor(schema)
      if (!isBare) out.int(nullIndex)
    }
  }
}

function schemalessWriter(type: AvroType): ValueWriter {
  if (isAnythingType(type)) return writeSchemaless
  throw new DataException(`Values without schema are none of the Avro schema ${schemaText(type)}`, {
    hint: 'Without a schema only what the converter registers itself can be written.',
  })
}

/** A default of the schema itself has been made before it was complete. */
function checkSchema(struct: Struct, schema: Schema): void {
  if (!struct.schema.equals(schema) && !struct.schema.schema().equals(schema))
    throw new DataException('Mismatching struct schema')
}

function nullFor(schema: Schema): DataException {
  return new DataException('Found null value for non-optional schema', { hint: `The schema is ${schema}.` })
}

function mismatch(schema: Schema, type: AvroType): DataException {
  return new DataException(
    `Values of ${schema} cannot be written as Avro ${isNamed(type) ? `${type.type} ${fullNameOf(type)}` : schemaText(type)}`,
  )
}

/** The Avro type that values of a schema usually have. */
function avroWord(schema: Schema, options: AvroOptions): string {
  switch (schema.type) {
    case 'INT8':
    case 'INT16':
    case 'INT32':
      return 'int'
    case 'INT64':
      return 'long'
    case 'FLOAT32':
      return 'float'
    case 'FLOAT64':
      return 'double'
    case 'STRUCT':
      return 'record'
    case 'MAP':
      return isAvroMap(schema, options) ? 'map' : 'array'
    default:
      return schema.type.toLowerCase()
  }
}

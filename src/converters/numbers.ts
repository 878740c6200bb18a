/** Numbers as big-endian bytes. Java: org.apache.kafka.connect.converters.NumberConverter and its subclasses */
import { parseConfig } from '../config/validate.ts'
import { DataException, SerializationException } from '../data/errors.ts'
import { javaClassName } from '../data/java-class.ts'
import { Float32, Float64, fitsInt64, Int16, Int32, int64 } from '../data/numbers.ts'
import {
  OPTIONAL_FLOAT32_SCHEMA,
  OPTIONAL_FLOAT64_SCHEMA,
  OPTIONAL_INT16_SCHEMA,
  OPTIONAL_INT32_SCHEMA,
  OPTIONAL_INT64_SCHEMA,
  type Schema,
} from '../data/schema.ts'
import type { Config, Converter, ConverterPlugin } from '../sdk/plugin.ts'
import { asHeaderConverter } from './as-header.ts'
import { CONVERTER_TYPE, converterType } from './converter-type.ts'

interface NumberFormat {
  /** The class name without `Converter`. */
  name: string
  /** In messages. */
  word: string
  javaClass: string
  schema: Schema
  size: number
  /** How the deserializer calls itself in the JVM. */
  deserializer: string
  /** The number to write, or null when the value's class is another. `schema` tells plain numbers apart. */
  accept(value: unknown, schema: Schema | null): number | bigint | null
  write(buffer: Buffer, value: number | bigint): void
  read(data: Buffer, at: number): number | bigint
}

/** A plain number is of that class if the schema says so; without one it is a Long or a Double. */
function ofClass(wrapper: typeof Int16 | typeof Int32 | typeof Float32, type: Schema['type']) {
  return (value: unknown, schema: Schema | null): number | null => {
    if (value instanceof wrapper) return value.value
    return typeof value === 'number' && schema?.type === type ? value : null
  }
}

function asLong(value: unknown, schema: Schema | null): bigint | null {
  if (typeof value === 'bigint') return fitsInt64(value) ? value : null
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return null
  return schema === null || schema.type === 'INT64' ? BigInt(value) : null
}

function asDouble(value: unknown, schema: Schema | null): number | null {
  if (value instanceof Float64) return value.value
  if (typeof value !== 'number') return null
  return schema?.type === 'FLOAT64' || javaClassName(value) === 'java.lang.Double' ? value : null
}

const formats: readonly NumberFormat[] = [
  {
    name: 'Short',
    word: 'short',
    javaClass: 'java.lang.Short',
    schema: OPTIONAL_INT16_SCHEMA,
    size: 2,
    deserializer: 'ShortDeserializer',
    accept: ofClass(Int16, 'INT16'),
    write: (buffer, value) => buffer.writeInt16BE(Number(value)),
    read: (data, at) => data.readInt16BE(at),
  },
  {
    name: 'Integer',
    word: 'integer',
    javaClass: 'java.lang.Integer',
    schema: OPTIONAL_INT32_SCHEMA,
    size: 4,
    deserializer: 'IntegerDeserializer',
    accept: ofClass(Int32, 'INT32'),
    write: (buffer, value) => buffer.writeInt32BE(Number(value)),
    read: (data, at) => data.readInt32BE(at),
  },
  {
    name: 'Long',
    word: 'long',
    javaClass: 'java.lang.Long',
    schema: OPTIONAL_INT64_SCHEMA,
    size: 8,
    deserializer: 'LongDeserializer',
    accept: asLong,
    write: (buffer, value) => buffer.writeBigInt64BE(BigInt(value)),
    read: (data, at) => int64(data.readBigInt64BE(at)),
  },
  {
    name: 'Float',
    word: 'float',
    javaClass: 'java.lang.Float',
    schema: OPTIONAL_FLOAT32_SCHEMA,
    size: 4,
    deserializer: 'Deserializer',
    accept: ofClass(Float32, 'FLOAT32'),
    write: (buffer, value) => buffer.writeFloatBE(Number(value)),
    read: (data, at) => data.readFloatBE(at),
  },
  {
    name: 'Double',
    word: 'double',
    javaClass: 'java.lang.Double',
    schema: OPTIONAL_FLOAT64_SCHEMA,
    size: 8,
    deserializer: 'Deserializer',
    accept: asDouble,
    write: (buffer, value) => buffer.writeDoubleBE(Number(value)),
    read: (data, at) => data.readDoubleBE(at),
  },
]

const config = { [CONVERTER_TYPE]: converterType }

/** The JVM's complaint when a value is cast to the converter's class, by way of Number. */
class ClassCastException extends Error {
  readonly javaClass = 'java.lang.ClassCastException'
}

const NUMBER_CLASSES = /^java\.(lang\.(Byte|Short|Integer|Long|Float|Double)|math\.Big(Decimal|Integer))$/

function castError(from: string, target: string): ClassCastException {
  const to = NUMBER_CLASSES.test(from) ? target : 'java.lang.Number'
  const modules = /^(java\.|\[)/.test(from)
    ? `${from} and ${to} are in module java.base of loader 'bootstrap'`
    : `${from} is in unnamed module of loader 'app'; ${to} is in module java.base of loader 'bootstrap'`
  return new ClassCastException(`class ${from} cannot be cast to class ${to} (${modules})`)
}

/** The class of a number that a schema gives a type. */
function classOf(value: unknown, schema: Schema | null): string {
  if (typeof value !== 'number' || schema === null) return javaClassName(value)
  return CLASS_OF_TYPE[schema.type] ?? javaClassName(value)
}

const CLASS_OF_TYPE: Readonly<Partial<Record<Schema['type'], string>>> = {
  INT8: 'java.lang.Byte',
  INT16: 'java.lang.Short',
  INT32: 'java.lang.Integer',
  INT64: 'java.lang.Long',
  FLOAT32: 'java.lang.Float',
  FLOAT64: 'java.lang.Double',
}

function numberConverter(format: NumberFormat, raw: Config, type: string): Converter {
  parseConfig(config, { ...raw, [CONVERTER_TYPE]: type })
  const buffer = Buffer.alloc(format.size)
  return {
    serialize(_topic, schema, value, out) {
      if (value === null || value === undefined) return out.putNull()
      const number = format.accept(value, schema)
      if (number === null) {
        const from = classOf(value, schema)
        throw new DataException(`Failed to serialize to ${format.word} (was class ${from}): `, {
          cause: castError(from, format.javaClass),
        })
      }
      format.write(buffer, number)
      out.putBytes(buffer)
    },
    deserialize(_topic, data, start, length, into) {
      into.schema = format.schema
      into.value = null
      if (length < 0) return
      if (length !== format.size) {
        throw new DataException(`Failed to deserialize ${format.word}: `, {
          cause: new SerializationException(
            `Size of data received by ${format.deserializer} is not ${format.size}`,
          ),
        })
      }
      into.value = format.read(data, start)
    },
  }
}

/** Short, Integer, Long, Float and Double; each reads its optional type and writes only its own class. */
export const numberConverterPlugins: readonly ConverterPlugin[] = formats.map(format => ({
  kind: 'converter',
  className: `org.apache.kafka.connect.converters.${format.name}Converter`,
  version: '4.3.1',
  config,
  converter: (raw, isKey) => numberConverter(format, raw, isKey ? 'key' : 'value'),
  headerConverter: raw => asHeaderConverter(numberConverter(format, raw, 'header')),
}))

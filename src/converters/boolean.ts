import { parseConfig } from '../config/validate.ts'
import { DataException, SerializationException } from '../data/errors.ts'
import { javaClassName } from '../data/java-class.ts'
import { OPTIONAL_BOOLEAN_SCHEMA } from '../data/schema.ts'
import type { Config, Converter, ConverterPlugin } from '../sdk/plugin.ts'
import { asHeaderConverter } from './as-header.ts'
import { CONVERTER_TYPE, converterType } from './converter-type.ts'

const config = { [CONVERTER_TYPE]: converterType }
const TRUE = Uint8Array.of(1)
const FALSE = Uint8Array.of(0)

function booleanConverter(raw: Config, type: string): Converter {
  parseConfig(config, { ...raw, [CONVERTER_TYPE]: type })
  return {
    serialize(_topic, schema, value, out) {
      if (schema !== null && schema.type !== 'BOOLEAN')
        throw new DataException(`Invalid schema type for BooleanConverter: ${schema.type}`)
      if (value === null || value === undefined) return out.putNull()
      if (typeof value !== 'boolean') {
        throw new DataException(
          `BooleanConverter is not compatible with objects of type class ${javaClassName(value)}`,
        )
      }
      out.putBytes(value ? TRUE : FALSE)
    },
    deserialize(_topic, data, start, length, into) {
      into.schema = OPTIONAL_BOOLEAN_SCHEMA
      into.value = null
      if (length < 0) return
      const byte = data[start]
      if (length !== 1) throw undecodable('Size of data received by BooleanDeserializer is not 1')
      if (byte !== 0 && byte !== 1)
        throw undecodable(`Unexpected byte received by BooleanDeserializer: ${data.readInt8(start)}`)
      into.value = byte === 1
    },
  }
}

function undecodable(why: string): DataException {
  return new DataException('Failed to deserialize boolean: ', { cause: new SerializationException(why) })
}

/** One byte, 0 or 1; reads optional BOOLEAN. Java: org.apache.kafka.connect.converters.BooleanConverter */
export const booleanConverterPlugin: ConverterPlugin = {
  kind: 'converter',
  className: 'org.apache.kafka.connect.converters.BooleanConverter',
  version: '4.3.1',
  config,
  converter: (raw, isKey) => booleanConverter(raw, isKey ? 'key' : 'value'),
  headerConverter: raw => asHeaderConverter(booleanConverter(raw, 'header')),
}

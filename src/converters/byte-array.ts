import { parseConfig } from '../config/validate.ts'
import { DataException } from '../data/errors.ts'
import { javaClassName } from '../data/java-class.ts'
import { OPTIONAL_BYTES_SCHEMA } from '../data/schema.ts'
import type { Config, Converter, ConverterPlugin } from '../sdk/plugin.ts'
import { asHeaderConverter } from './as-header.ts'
import { CONVERTER_TYPE, converterType } from './converter-type.ts'

const config = { [CONVERTER_TYPE]: converterType }

function byteArrayConverter(raw: Config, type: string): Converter {
  parseConfig(config, { ...raw, [CONVERTER_TYPE]: type })
  return {
    serialize(_topic, schema, value, out) {
      if (schema !== null && schema.type !== 'BYTES')
        throw new DataException(`Invalid schema type for ByteArrayConverter: ${schema.type}`)
      if (value === null || value === undefined) return out.putNull()
      if (!(value instanceof Uint8Array)) {
        throw new DataException(
          `ByteArrayConverter is not compatible with objects of type class ${javaClassName(value)}`,
        )
      }
      out.putBytes(value)
    },
    deserialize(_topic, data, start, length, into) {
      into.schema = OPTIONAL_BYTES_SCHEMA
      into.value = length < 0 ? null : Buffer.from(data.subarray(start, start + length))
    },
  }
}

/** Bytes as they are; reads optional BYTES. Java: org.apache.kafka.connect.converters.ByteArrayConverter */
export const byteArrayConverterPlugin: ConverterPlugin = {
  kind: 'converter',
  className: 'org.apache.kafka.connect.converters.ByteArrayConverter',
  version: '4.3.1',
  config,
  converter: (raw, isKey) => byteArrayConverter(raw, isKey ? 'key' : 'value'),
  headerConverter: raw => asHeaderConverter(byteArrayConverter(raw, 'header')),
}

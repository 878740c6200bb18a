import { key } from '../config/keys.ts'
import { parseConfig } from '../config/validate.ts'
import { SerializationException } from '../data/errors.ts'
import { javaText } from '../data/java-text.ts'
import { OPTIONAL_STRING_SCHEMA } from '../data/schema.ts'
import type { Config, Converter, ConverterPlugin } from '../sdk/plugin.ts'
import { asHeaderConverter } from './as-header.ts'
import { charsetForName } from './charset.ts'
import { CONVERTER_TYPE, converterType } from './converter-type.ts'

const config = {
  [CONVERTER_TYPE]: converterType,
  'converter.encoding': key.string({
    default: 'UTF-8',
    importance: 'high',
    width: 'medium',
    displayName: 'Encoding',
    doc: 'The name of the Java character set to use for encoding strings as byte arrays.',
  }),
}

/** Java tells names that cannot be charsets from those that it does not know. */
class CharsetException extends Error {
  get javaClass(): string {
    const legal = /^[A-Za-z0-9][A-Za-z0-9+:_.-]*$/.test(this.message)
    return `java.nio.charset.${legal ? 'UnsupportedCharset' : 'IllegalCharsetName'}Exception`
  }
}

function stringConverter(raw: Config, type: string): Converter {
  const parsed = parseConfig(config, { ...raw, [CONVERTER_TYPE]: type })
  const encoding = parsed['converter.encoding']
  const charset = charsetForName(encoding)
  if (charset === null) {
    throw new SerializationException(`Unsupported encoding ${encoding}`, {
      cause: new CharsetException(encoding),
      hint: 'converter.encoding takes UTF-8, UTF-16, UTF-16BE, UTF-16LE, ISO-8859-n, US-ASCII or windows-125n',
    })
  }
  const isUtf8 = charset === charsetForName('UTF-8')
  return {
    serialize(_topic, schema, value, out) {
      if (value === null || value === undefined) return out.putNull()
      const text = typeof value === 'string' ? value : javaText(value, schema)
      if (isUtf8) out.putUtf8(text)
      else out.putBytes(charset.encode(text))
    },
    deserialize(_topic, data, start, length, into) {
      into.schema = OPTIONAL_STRING_SCHEMA
      into.value = length < 0 ? null : charset.decode(data, start, start + length)
    },
  }
}

/**
 * Strings; any other value is written as its Java text (`Struct{a=1}`, `[1, 2]`, `1.0E10`). Always reads
 * optional strings. Java: org.apache.kafka.connect.storage.StringConverter
 */
export const stringConverterPlugin: ConverterPlugin = {
  kind: 'converter',
  className: 'org.apache.kafka.connect.storage.StringConverter',
  version: '4.3.1',
  config,
  converter: (raw, isKey) => stringConverter(raw, isKey ? 'key' : 'value'),
  headerConverter: raw => asHeaderConverter(stringConverter(raw, 'header')),
}

import { decodeUtf8 } from '../data/java-utf8.ts'
import { BYTES_SCHEMA, STRING_SCHEMA } from '../data/schema.ts'
import { parseString } from '../data/values/parse.ts'
import { valueText } from '../data/values/text.ts'
import type { ConverterPlugin, HeaderConverter } from '../sdk/plugin.ts'

/** What begins with a letter and is no literal is the text itself; `parseString` finds that out the long way. */
const SURELY_TEXT = /^(?!(?:null|true|false)[\0-\x20]*$)[A-Za-z]/

/** Text as UTF-8 both ways; what a text looks like decides the type it is read as. */
const simpleHeaderConverter: HeaderConverter = {
  serialize(_topic, _header, schema, value, out) {
    const text = valueText(schema, value)
    if (text === null) out.putNull()
    else out.putUtf8(text)
  },
  deserialize(_topic, _header, bytes, into) {
    into.schema = null
    into.value = null
    if (bytes === null) return
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const text = decodeUtf8(data, 0, data.length)
    if (SURELY_TEXT.test(text)) {
      into.schema = STRING_SCHEMA
      into.value = text
      return
    }
    try {
      const parsed = parseString(text)
      into.schema = parsed?.schema ?? null
      into.value = parsed?.value ?? null
    } catch (error) {
      // Nesting beyond the stack: the JVM keeps the bytes as well.
      if (!(error instanceof RangeError)) throw error
      into.schema = BYTES_SCHEMA
      into.value = Buffer.from(bytes)
    }
  },
}

/**
 * Connect's default for headers. Lossy: the text `123` comes back as the INT8 123.
 * Java: org.apache.kafka.connect.storage.SimpleHeaderConverter
 */
export const simpleHeaderConverterPlugin: ConverterPlugin = {
  kind: 'converter',
  className: 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
  version: '4.3.1',
  config: {},
  headerConverter: () => simpleHeaderConverter,
}

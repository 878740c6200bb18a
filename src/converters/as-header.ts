import type { Converter, HeaderConverter } from '../sdk/plugin.ts'

/** A value converter at work on headers, as most of Connect's converters are both. */
export function asHeaderConverter(converter: Converter): HeaderConverter {
  return {
    serialize: (topic, _header, schema, value, out) => converter.serialize(topic, schema, value, out),
    deserialize(topic, _header, bytes, into) {
      if (bytes === null) {
        converter.deserialize(topic, EMPTY, 0, -1, into)
      } else {
        const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
        converter.deserialize(topic, data, 0, data.length, into)
      }
    },
    close: () => converter.close?.(),
  }
}

const EMPTY = Buffer.alloc(0)

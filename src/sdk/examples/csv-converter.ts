/** A converter: lines of comma-separated values for the bytes in Kafka, maps without schema for connectors. */
import {
  type ByteSink,
  converter,
  DataException,
  decodeUtf8,
  key,
  nonEmptyString,
  parseConfig,
} from 'bunnect'

const config = {
  columns: key.list({ doc: 'Names of the columns, in order.', importance: 'high' }),
  separator: key.string({
    doc: 'What stands between two values.',
    importance: 'low',
    default: ',',
    validator: nonEmptyString,
  }),
}

export const csvConverter = converter({
  className: 'example.CsvConverter',
  version: '1.0.0',
  config,
  // Its keys come without their prefix: `value.converter.columns` is `columns` here.
  converter(raw) {
    const { columns, separator } = parseConfig(config, raw)
    return {
      serialize(topic, _schema, value, out: ByteSink) {
        if (value === null) return out.putNull()
        if (typeof value !== 'object') throw new DataException(`A row for ${topic} must be a map`)
        const row = value as Record<string, unknown>
        out.putUtf8(columns.map(column => quoted(String(row[column] ?? ''), separator)).join(separator))
      },
      deserialize(topic, data, start, length, into) {
        into.schema = null
        into.value = null
        if (length < 0) return
        const values = split(decodeUtf8(data, start, start + length), separator)
        if (values.length !== columns.length) {
          throw new DataException(`A row of ${topic} has ${values.length} values, not ${columns.length}`)
        }
        into.value = Object.fromEntries(columns.map((column, i) => [column, values[i]]))
      },
    }
  },
})

function quoted(value: string, separator: string): string {
  return value.includes(separator) || /["\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

function split(line: string, separator: string): string[] {
  const values: string[] = []
  for (let at = 0; at <= line.length; ) {
    let value = ''
    if (line[at] === '"') {
      for (at++; at < line.length; at++) {
        if (line[at] === '"' && line[++at] !== '"') break
        value += line[at]
      }
    }
    const next = line.indexOf(separator, at)
    const end = next < 0 ? line.length : next
    values.push(value + line.slice(at, end))
    at = next < 0 ? line.length + 1 : end + separator.length
  }
  return values
}

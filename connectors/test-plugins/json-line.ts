import { BigDecimal, javaText, keysInHashOrder, type Schema, Struct } from '#bunnect'

/** A field of a line: a value of a record with its schema, where it has one. */
export type Field = readonly [name: string, value: unknown, schema?: Schema | null]

/**
 * One JSON object as Jackson prints a HashMap, whose order is that of `fields`. What it cannot print gives a line
 * that says why, as in Java. Java: ObjectMapper.writeValueAsString
 */
export function jsonLine(fields: readonly Field[]): string {
  try {
    const parts = fields.map(
      ([name, value, schema]) =>
        `${quoted(name)}:${json(value, schema ?? null, `java.util.HashMap["${name}"]`)}`,
    )
    return `{${parts.join(',')}}`
  } catch (error) {
    if (!(error instanceof Unprintable)) throw error
    return `Bad data can't be written as json: ${error.message}`
  }
}

class Unprintable extends Error {}

function json(value: unknown, schema: Schema | null, place: string): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object') return number(javaText(value, schema))
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`
  if (value instanceof Date) return String(value.getTime())
  if (value instanceof BigDecimal) return javaText(value)
  if (value instanceof Struct) {
    throw new Unprintable(
      'No serializer found for class org.apache.kafka.connect.data.Struct and no properties discovered to create ' +
        `BeanSerializer (to avoid exception, disable SerializationFeature.FAIL_ON_EMPTY_BEANS) (through reference chain: ${place})`,
    )
  }
  if (Array.isArray(value)) {
    const element = schema?.type === 'ARRAY' ? schema.valueSchema : null
    const items = value.map((item, i) => json(item, element, `${place}->java.util.ArrayList[${i}]`))
    return `[${items.join(',')}]`
  }
  const plain = Object.getPrototypeOf(value)
  if (value instanceof Map || plain === Object.prototype || plain === null) return map(value, schema, place)
  return number(javaText(value, schema))
}

function map(value: object, schema: Schema | null, place: string): string {
  const [keys, values] = schema?.type === 'MAP' ? [schema.keySchema, schema.valueSchema] : [null, null]
  const entries: [unknown, unknown][] =
    value instanceof Map
      ? [...value]
      : keysInHashOrder(value).map(key => [key, (value as Record<string, unknown>)[key]])
  const parts = entries.map(([key, each]) => {
    const at = `${place}->java.util.HashMap["${javaText(key, keys)}"]`
    if (key === null) {
      throw new Unprintable(
        `Null key for a Map not allowed in JSON (use a converting NullKeySerializer?) (through reference chain: ${at})`,
      )
    }
    return `${quoted(keyText(key, keys))}:${json(each, values, at)}`
  })
  return `{${parts.join(',')}}`
}

function keyText(key: unknown, schema: Schema | null): string {
  if (key instanceof Uint8Array) return Buffer.from(key).toString('base64')
  return key instanceof Date ? key.toISOString().replace('Z', '+00:00') : javaText(key, schema)
}

/** JSON has no NaN and no infinity. */
function number(text: string): string {
  return /^(?:NaN|-?Infinity)$/.test(text) ? `"${text}"` : text
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
}

/** Half a character becomes a question mark, as Java's encoder makes it. */
function quoted(text: string): string {
  const whole = text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?')
  const escaped = whole.replace(/["\\\x00-\x1f]/g, char => {
    const code = char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    return SHORT[char] ?? `\\u${code}`
  })
  return `"${escaped}"`
}

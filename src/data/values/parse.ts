/** Text to values, as header values are read by default. Java: org.apache.kafka.connect.data.Values.parseString */
import { DataException } from '../errors.ts'
import { javaClassName } from '../java-class.ts'
import { javaText } from '../java-text.ts'
import { BOOLEAN_SCHEMA, ConnectSchema, type Schema, SchemaAndValue, STRING_SCHEMA } from '../schema.ts'
import { SchemaBuilder } from '../schema-builder.ts'
import { convertTo } from './convert.ts'
import { SchemaMerger } from './merge.ts'
import { naturalValue } from './natural.ts'
import { parseNumber } from './number.ts'
import { parseTemporal } from './temporal.ts'
import { isBlank, Tokenizer, trim } from './tokenizer.ts'

/**
 * `null` gives null, null text the pair of nulls; anything that is no literal, array, map, number or date is a
 * STRING of the whole text.
 */
export function parseString(text: string | null): SchemaAndValue | null {
  if (text === null) return new SchemaAndValue(null, null)
  if (text === '') return new SchemaAndValue(STRING_SCHEMA, text)
  const parsed = new ValueParser(new Tokenizer(text)).parse(false)
  if (parsed === null) return null
  return new SchemaAndValue(parsed.schema, naturalValue(parsed.schema, parsed.value))
}

/** Numbers keep their Java class (Int8 …) until the whole is known. */
class ValueParser {
  constructor(private readonly tokens: Tokenizer) {}

  /** Null for the literal `null`. @throws DataException for what cannot stand inside an array or map */
  parse(embedded: boolean): SchemaAndValue | null {
    const { tokens } = this
    if (!tokens.hasNext) return null
    if (embedded && tokens.canConsume('"')) return this.quoted()
    if (this.literal('null', embedded)) return null
    if (this.literal('true', embedded)) return new SchemaAndValue(BOOLEAN_SCHEMA, true)
    if (this.literal('false', embedded)) return new SchemaAndValue(BOOLEAN_SCHEMA, false)
    const start = tokens.mark()
    try {
      if (tokens.canConsume('[')) return this.array()
      if (tokens.canConsume('{')) return this.map()
    } catch (error) {
      if (!(error instanceof DataException)) throw error
      tokens.rewindTo(start) // no array or map after all: its text is read as a plain token
    }
    const token = tokens.next()
    return isBlank(token) ? new SchemaAndValue(STRING_SCHEMA, token) : this.plain(trim(token), embedded)
  }

  /** At the top nothing may follow a literal. */
  private literal(word: string, embedded: boolean): boolean {
    const start = this.tokens.mark()
    if (this.tokens.canConsume(word) && (embedded || !this.tokens.hasNext)) return true
    this.tokens.rewindTo(start)
    return false
  }

  private plain(token: string, embedded: boolean): SchemaAndValue {
    const startsWithDigit = /^\p{Nd}/u.test(token)
    const temporal = startsWithDigit ? this.temporal(token) : null
    if (temporal !== null) return temporal
    const number = startsWithDigit || token[0] === '+' || token[0] === '-' ? parseNumber(token) : null
    if (number !== null) return number
    if (embedded) throw new DataException('Failed to parse embedded value')
    return new SchemaAndValue(STRING_SCHEMA, this.tokens.original)
  }

  /** The colons of a time are delimiters: it may come in five tokens. */
  private temporal(token: string): SchemaAndValue | null {
    const position = this.tokens.mark()
    const rest = this.tokens.nextTokens(4)
    const whole = rest === null ? null : parseTemporal(token + rest)
    if (whole !== null) return whole
    this.tokens.rewindTo(position)
    return parseTemporal(token)
  }

  /** To the next quote or the end. */
  private quoted(): SchemaAndValue {
    let content = ''
    while (this.tokens.hasNext && !this.tokens.canConsumeExactly('"')) content += this.tokens.next()
    return parseTemporal(content) ?? new SchemaAndValue(STRING_SCHEMA, content)
  }

  private array(): SchemaAndValue {
    const { tokens } = this
    const elements: unknown[] = []
    const merger = new SchemaMerger()
    while (tokens.hasNext) {
      if (tokens.canConsume(']')) return arrayOf(elements, merger.common)
      if (tokens.canConsume(','))
        throw new DataException(`Unable to parse an empty array element: ${tokens.original}`)
      const element = this.parse(true)
      merger.merge(element?.schema ?? null)
      elements.push(element?.value ?? null)
      const position = tokens.mark()
      if (tokens.canConsume(']')) tokens.rewindTo(position)
      else if (!tokens.canConsume(',')) throw new DataException("Array elements missing ',' delimiter")
    }
    throw new DataException(
      tokens.previous === ','
        ? `Array is missing element after ',': ${tokens.original}`
        : `Array is missing terminating ']': ${tokens.original}`,
    )
  }

  private map(): SchemaAndValue {
    const { tokens } = this
    // By class and text, so that equal dates and lists are one key.
    const entries = new Map<string, readonly [unknown, unknown]>()
    const keys = new SchemaMerger()
    const values = new SchemaMerger()
    while (tokens.hasNext) {
      if (tokens.canConsume('}')) return mapOf([...entries.values()], keys.common, values.common)
      if (tokens.canConsume(','))
        throw new DataException(`Unable to parse a map entry with no key or value: ${tokens.original}`)
      const key = this.parse(true)
      if (key === null || key.value === null)
        throw new DataException(`Map entry may not have a null key: ${tokens.original}`)
      if (!tokens.canConsume(':')) throw new DataException(`Map entry is missing ':': ${tokens.original}`)
      const value = this.parse(true)
      const identity = `${javaClassName(key.value)} ${javaText(key.value)}`
      entries.set(identity, [entries.get(identity)?.[0] ?? key.value, value?.value ?? null])
      tokens.canConsume(',')
      keys.merge(key.schema)
      values.merge(value?.schema ?? null)
    }
    throw new DataException(
      tokens.previous === ','
        ? `Map is missing element after ',': ${tokens.original}`
        : `Map is missing terminating '}': ${tokens.original}`,
    )
  }
}

/** With a common schema every element is brought to it, which null cannot be. */
function arrayOf(elements: readonly unknown[], common: Schema | null): SchemaAndValue {
  if (common === null) return new SchemaAndValue(new ConnectSchema('ARRAY'), elements)
  const aligned = elements.map(element => convertTo(common, null, element))
  return new SchemaAndValue(SchemaBuilder.array(common).build(), aligned)
}

function mapOf(
  entries: readonly (readonly [unknown, unknown])[],
  keySchema: Schema | null,
  valueSchema: Schema | null,
): SchemaAndValue {
  if (keySchema === null) return new SchemaAndValue(new ConnectSchema('MAP'), new Map(entries))
  const aligned = new Map<unknown, unknown>()
  for (const [key, value] of entries)
    aligned.set(
      convertTo(keySchema, null, key),
      valueSchema === null ? value : convertTo(valueSchema, null, value),
    )
  return new SchemaAndValue(new ConnectSchema('MAP', { keySchema, valueSchema }), aligned)
}

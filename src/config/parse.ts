/**
 * Text to typed value by Java's rules: trim as Java trims, Java's number syntax and ranges, Java's complaints.
 * Java: org.apache.kafka.common.config.ConfigDef.parseType
 */
import { doubleText } from '../data/java-number-text.ts'
import type { ConfigType } from './keys.ts'
import { Password } from './password.ts'

/** A LONG that no JavaScript number holds exactly stays a bigint here; `parseConfig` rounds it. */
export type ParsedValue = boolean | number | bigint | string | readonly string[] | Password

/** Looks a class name or alias up; null = there is no such class. */
export type ClassResolver = (name: string, key: string) => string | null

/** Blanks as String.trim sees them: everything up to U+0020. */
export function javaTrim(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && text.charCodeAt(from) <= 0x20) from++
  while (to > from && text.charCodeAt(to - 1) <= 0x20) to--
  return text.slice(from, to)
}

/** Java: Integer.parseInt and kin; null = not such a number. */
export function parseInteger(text: string, bits: 16 | 32 | 64): bigint | null {
  if (!/^[+-]?[0-9]+$/.test(text)) return null
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return BigInt.asIntN(bits, value) === value ? value : null
}

const DECIMAL = /^[+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?)$/
const HEXADECIMAL =
  /^([+-]?)0[xX](?:([0-9a-fA-F]+)\.?|([0-9a-fA-F]*)\.([0-9a-fA-F]+))[pP]([+-]?[0-9]+)[fFdD]?$/

/** Java: Double.parseDouble; null = not such a number. */
export function parseDouble(text: string): number | null {
  if (DECIMAL.test(text)) return Number(text.replace(/(?<=[0-9.])[fFdD]$/, ''))
  const hex = HEXADECIMAL.exec(text)
  if (!hex) return null
  const [, sign, whole, head = '', tail = '', power] = hex
  const mantissa = whole ?? head + tail
  const value = Number(`0x${mantissa}`) * 2 ** (Number(power) - (whole === undefined ? 4 * tail.length : 0))
  return sign === '-' ? -value : value
}

/**
 * `why` is what follows `Invalid value … for configuration …: `.
 * A null stays null (Java keeps a null that a person sent).
 */
export function parseValue(
  type: ConfigType,
  name: string,
  raw: string | null,
  resolveClass?: ClassResolver,
): { value: ParsedValue | null; why: string | null } {
  if (raw === null) return { value: null, why: null }
  const text = javaTrim(raw)
  switch (type) {
    case 'STRING':
      return { value: text, why: null }
    case 'PASSWORD':
      return { value: new Password(text), why: null }
    case 'LIST':
      return { value: text === '' ? [] : text.split(/[ \t\n\v\f\r]*,[ \t\n\v\f\r]*/), why: null }
    case 'BOOLEAN': {
      const lower = text.toLowerCase()
      return lower === 'true' || lower === 'false'
        ? { value: lower === 'true', why: null }
        : { value: null, why: 'Expected value to be either true or false' }
    }
    case 'CLASS': {
      const found = resolveClass ? resolveClass(text, name) : text
      return { value: found, why: found === null ? `Class ${raw} could not be found.` : null }
    }
    case 'DOUBLE': {
      const value = parseDouble(text)
      return { value, why: value === null ? 'Not a number of type DOUBLE' : null }
    }
    default: {
      const value = parseInteger(text, type === 'SHORT' ? 16 : type === 'INT' ? 32 : 64)
      if (value === null) return { value, why: `Not a number of type ${type}` }
      const number = Number(value)
      return { value: Number.isSafeInteger(number) ? number : value, why: null }
    }
  }
}

/** As Java prints a parsed value inside a complaint: lists in brackets, secrets hidden. */
export function javaText(value: unknown, type?: ConfigType): string {
  if (typeof value === 'number' && type === 'DOUBLE') return doubleText(value)
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
}

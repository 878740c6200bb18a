/** Options of a schema as text. Java: io.confluent.kafka.schemaregistry.protobuf.ProtobufSchemaUtils */
import { Bare, OptionElement, type OptionMap, type OptionValue } from './elements.ts'
import type { Names } from './names.ts'

interface Normal {
  readonly names: Names
  readonly scope: string
}

const ESCAPES: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
}

/** As they are; normalized: with full names, sorted, parts of one option put together. */
export function preparedOptions(
  options: readonly OptionElement[],
  normal: Normal | null,
): readonly OptionElement[] {
  if (normal === null || options.length === 0) return options
  const byName = new Map<string, OptionElement[]>()
  const named = options.map(option => withFullName(option, normal))
  named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const option of named) byName.set(option.name, [...(byName.get(option.name) ?? []), option])
  return [...byName].flatMap(([name, same]) => {
    const extension = normal.names.extension(name)
    return extension !== null && extension.label !== 'repeated' ? [same.reduce(merged)] : same
  })
}

function withFullName(option: OptionElement, normal: Normal): OptionElement {
  if (!option.parenthesized) return option
  const name = normal.names.resolveExtension(option.name, normal.scope)
  return name === null ? option : asMap(new OptionElement(name, option.value, true))
}

/** `(a).b = 1` becomes `(a) = {b: 1}`. Java: ProtobufSchema.transform */
export function asMap(option: OptionElement): OptionElement {
  if (!(option.value instanceof OptionElement)) return option
  return new OptionElement(option.name, mapOf(option.value), option.parenthesized)
}

function mapOf(part: OptionElement): OptionMap {
  return new Map([[part.name, part.value instanceof OptionElement ? mapOf(part.value) : part.value]])
}

/** Values of the same key become a list. Java: ProtobufSchema.merge */
export function merged(left: OptionElement, option: OptionElement): OptionElement {
  const right = asMap(option)
  if (!(left.value instanceof Map) || !(right.value instanceof Map)) return right
  const map = new Map<string, OptionValue>(left.value)
  for (const [key, value] of right.value as OptionMap) {
    const before = map.get(key)
    map.set(key, before === undefined ? value : distinct([...listOf(before), ...listOf(value)]))
  }
  return new OptionElement(right.name, map, right.parenthesized)
}

function listOf(value: OptionValue): readonly OptionValue[] {
  return Array.isArray(value) ? value : [value]
}

function distinct(values: readonly OptionValue[]): OptionValue[] {
  return [...new Map(values.map(value => [valueText(value, null), value])).values()]
}

export function optionLine(option: OptionElement, normal: Normal | null): string {
  return `option ${optionText(option, normal)};\n`
}

/** In brackets, behind a field or a constant. */
export function optionList(options: readonly OptionValue[], normal: Normal | null): string {
  if (options.length === 1) return `[${valueText(options[0]!, normal)}]`
  return `[\n${listed(options, normal)}]`
}

function optionText(option: OptionElement, normal: Normal | null): string {
  const name = option.parenthesized ? `(${option.name})` : option.name
  const { value } = option
  if (value instanceof OptionElement) return `${name}.${optionText(value, normal)}`
  if (Array.isArray(value)) return `${name} = ${optionList(value, normal)}`
  return `${name} = ${valueText(value, normal)}`
}

function valueText(value: OptionValue, normal: Normal | null): string {
  if (typeof value === 'string') return `"${escaped(value)}"`
  if (value instanceof Bare) return value.kind === 'NUMBER' ? numberText(value.text, normal) : value.text
  if (value instanceof OptionElement) return optionText(value, normal)
  if (value instanceof Map) return `{\n${mapText(value as OptionMap, normal)}}`
  const list = value as readonly OptionValue[]
  if (normal !== null && list.length === 1) return valueText(list[0]!, normal)
  return `[\n${listed(list, normal)}]`
}

function listed(values: readonly OptionValue[], normal: Normal | null): string {
  const last = values.length - 1
  return values.map((value, i) => indented(valueText(value, normal) + (i < last ? ',' : ''))).join('')
}

function mapText(map: OptionMap, normal: Normal | null): string {
  const entries = normal === null ? [...map] : sortedEntries(map, normal)
  const last = entries.length - 1
  return entries
    .map(([key, value], i) => indented(`${key}: ${valueText(value, normal)}${i < last ? ',' : ''}`))
    .join('')
}

function sortedEntries(map: OptionMap, normal: Normal): [string, OptionValue][] {
  const entries = new Map<string, OptionValue>()
  for (const [key, value] of map) {
    if (Array.isArray(value) && value.length === 0) continue
    const name = key.startsWith('[') ? normal.names.resolveExtension(key.slice(1, -1), normal.scope) : null
    const full = name === null ? key : `[${name}]`
    if (!entries.has(full)) entries.set(full, value)
  }
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Normalized as Java's DecimalFormat gives it: at most three digits behind the point. */
function numberText(text: string, normal: Normal | null): string {
  if (normal === null) return text
  const digits = text.replace(/(?<=[0-9.])[fFdDlL]$/, '')
  if (/^-?0[xX][0-9a-fA-F]+$/.test(text)) return String(hexadecimal(text))
  if (/^-?0[0-7]+$/.test(digits)) return String(Number.parseInt(digits, 8))
  if (/^-?[0-9]+$/.test(digits)) return BigInt(digits).toString()
  const value = Number(digits)
  if (digits === '' || !Number.isFinite(value)) return text
  return roundedHalfEven(value)
}

function hexadecimal(text: string): bigint {
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
}

function roundedHalfEven(value: number): string {
  const fixed = value.toFixed(3)
  const exact = value * 1000
  const even = Math.abs(exact % 1) === 0.5 ? ((2 * Math.round(exact / 2)) / 1000).toFixed(3) : fixed
  const trimmed = even.includes('.') ? even.replace(/\.?0+$/, '') : even
  return trimmed === '0' && Object.is(Math.sign(value), -1) ? '-0' : trimmed
}

function escaped(text: string): string {
  return text.replace(/[\x07\b\f\n\r\t\v\\'"]/g, c => ESCAPES[c]!)
}

/** Every line two further to the right. Java: ProtobufSchemaUtils.appendIndented */
export function indented(text: string): string {
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .map(line => `  ${line}\n`)
    .join('')
}

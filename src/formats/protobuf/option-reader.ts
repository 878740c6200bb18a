/** Options of .proto text. Java: com.squareup.wire.schema.internal.parser.OptionReader */
import { Bare, OptionElement, type OptionMap, type OptionValue } from './elements.ts'
import type { SyntaxReader } from './syntax-reader.ts'

/** Maps and lists within each other. */
const MAX_DEPTH = 100

/** `[a = 1, (b).c = "x"]`, or nothing. */
export function readOptions(reader: SyntaxReader): OptionElement[] {
  const options: OptionElement[] = []
  if (!reader.take('[')) return options
  for (;;) {
    options.push(readOption(reader, '='))
    if (reader.take(']')) return options
    reader.expect(',')
  }
}

/** Name, separator and value. In the text of a message (`:`) a map may come without the separator. */
export function readOption(reader: SyntaxReader, separator: '=' | ':', depth = 0): OptionElement {
  const isExtension = reader.peek() === '['
  const parenthesized = reader.peek() === '('
  const name = isExtension ? `[${reader.name()}]` : reader.name()
  // The dot is part of the word behind it: `(foo).bar.baz`.
  const deeper =
    parenthesized && reader.peek() === '.' ? reader.word().slice(1).split('.').filter(Boolean) : []
  if (separator !== ':' || reader.peek() !== '{') reader.expect(separator)
  let value = readValue(reader, depth)
  for (const part of deeper.reverse()) value = new OptionElement(part, value, false)
  return new OptionElement(name, value, parenthesized)
}

function readValue(reader: SyntaxReader, depth: number): OptionValue {
  if (depth > MAX_DEPTH) throw reader.error(`an option is nested more than ${MAX_DEPTH} deep`)
  const next = reader.peek()
  if (next === '{') return readMap(reader, depth + 1)
  if (next === '[') return readList(reader, depth + 1)
  if (next === '"' || next === "'") return reader.quoted()
  if (/[0-9-]/.test(next)) return new Bare('NUMBER', reader.word())
  const word = reader.word()
  return new Bare(word === 'true' || word === 'false' ? 'BOOLEAN' : 'ENUM', word)
}

function readMap(reader: SyntaxReader, depth: number): OptionMap {
  reader.expect('{')
  const map = new Map<string, OptionValue>()
  while (!reader.take('}')) {
    const { name, value } = readOption(reader, ':', depth)
    const before = map.get(name)
    map.set(name, before === undefined ? value : [...listOf(before), ...listOf(value)])
    if (!reader.take(',')) reader.take(';')
  }
  return map
}

function readList(reader: SyntaxReader, depth: number): OptionValue[] {
  reader.expect('[')
  const list: OptionValue[] = []
  while (!reader.take(']')) {
    list.push(readValue(reader, depth))
    if (!reader.take(',') && reader.peek() !== ']') throw reader.error("expected ',' or ']'")
  }
  return list
}

function listOf(value: OptionValue): readonly OptionValue[] {
  return Array.isArray(value) ? value : [value]
}

/** Options of .proto text. Java: com.squareup.wire.schema.internal.parser.OptionReader */
import { Bare, OptionElement, type OptionMap, type OptionValue } from './elements.ts'
import type { SyntaxReader } from './syntax-reader.ts'

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
export function readOption(reader: SyntaxReader, separator: '=' | ':'): OptionElement {
  const isExtension = reader.peek() === '['
  const parenthesized = reader.peek() === '('
  const name = isExtension ? `[${reader.name()}]` : reader.name()
  // The dot is part of the word behind it: `(foo).bar.baz`.
  const deeper =
    parenthesized && reader.peek() === '.' ? reader.word().slice(1).split('.').filter(Boolean) : []
  if (separator !== ':' || reader.peek() !== '{') reader.expect(separator)
  let value = readValue(reader)
  for (const part of deeper.reverse()) value = new OptionElement(part, value, false)
  return new OptionElement(name, value, parenthesized)
}

function readValue(reader: SyntaxReader): OptionValue {
  const next = reader.peek()
  if (next === '{') return readMap(reader)
  if (next === '[') return readList(reader)
  if (next === '"' || next === "'") return reader.quoted()
  if (/[0-9-]/.test(next)) return new Bare('NUMBER', reader.word())
  const word = reader.word()
  return new Bare(word === 'true' || word === 'false' ? 'BOOLEAN' : 'ENUM', word)
}

function readMap(reader: SyntaxReader): OptionMap {
  reader.expect('{')
  const map = new Map<string, OptionValue>()
  while (!reader.take('}')) {
    const { name, value } = readOption(reader, ':')
    const before = map.get(name)
    map.set(name, before === undefined ? value : [...listOf(before), ...listOf(value)])
    if (!reader.take(',')) reader.take(';')
  }
  return map
}

function readList(reader: SyntaxReader): OptionValue[] {
  reader.expect('[')
  const list: OptionValue[] = []
  while (!reader.take(']')) {
    list.push(readValue(reader))
    if (!reader.take(',') && reader.peek() !== ']') throw reader.error("expected ',' or ']'")
  }
  return list
}

function listOf(value: OptionValue): readonly OptionValue[] {
  return Array.isArray(value) ? value : [value]
}

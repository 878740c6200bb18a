/** Bytes to JSON nodes: by `JSON.parse` where it cannot differ from Jackson, else by our own parser. */
import { asciiStretch } from '../../data/ascii-stretch.ts'
import { SerializationException } from '../../data/errors.ts'
import { parseJson } from '../../data/json/jackson-parser.ts'
import type { JsonDocument, JsonNode } from '../../data/json/node.ts'
import { JsonParseException } from '../../data/json/parse-error.ts'
import { fidelityOf } from './scan.ts'
import type { ShapeReader } from './shape-reader.ts'
import { parseText } from './text-parser.ts'

/** Node's own method under `Buffer.toString`, three times as fast, for it looks no encoding up. */
type FastBuffer = Buffer & { utf8Slice(from: number, to: number): string }

const REPLACEMENT = '\ufffd'
const QUOTE = 0x22
const OPENS_OBJECT = 0x7b
const MAX_PLAIN_STRING = 20_000_000

/**
 * What is asked of numbers: 'value' makes what a schemaless value holds (a whole double is a Float64), 'double'
 * may lose decimal digits that a double does not keep, 'digits' keeps all.
 */
export type NumberMode = 'value' | 'double' | 'digits'

/** One JSON document. @throws SerializationException with Jackson's text */
export function readJson(
  data: Buffer,
  start: number,
  end: number,
  mode: NumberMode,
  shapes?: ShapeReader,
): JsonDocument {
  const quick = readJsonValue(data, start, end, mode, shapes)
  if (quick !== undefined) return quick
  try {
    return parseJson(data, start, end)
  } catch (cause) {
    if (cause instanceof JsonParseException)
      throw new SerializationException(`${cause.javaClass}: ${cause.message}`, { cause })
    throw cause
  }
}

/**
 * The value that the bytes are as a whole; undefined when only the exact parser can tell. `shapes`, of the same
 * mode, knows the records before.
 */
export function readJsonValue(
  data: Buffer,
  start: number,
  end: number,
  mode: NumberMode,
  shapes?: ShapeReader,
): JsonNode | undefined {
  if (shapes !== undefined && asciiStretch.holds(data, start, end) && asciiStretch.usual) {
    const { text, from } = asciiStretch
    const known = shapes.readUsual(text, start - from, end - from)
    if (known !== undefined) return known
  }
  const text = (data as FastBuffer).utf8Slice(start, end)
  if (shapes === undefined || text.charCodeAt(0) !== OPENS_OBJECT) return readText(text, mode)
  const known = shapes.read(text)
  if (known !== undefined) return known
  const value = readText(text, mode)
  if (value !== undefined) shapes.learn(text, value)
  return value
}

function readText(text: string, mode: NumberMode): JsonNode | undefined {
  if (text.includes(REPLACEMENT) || text.length > MAX_PLAIN_STRING) return undefined
  const fidelity = text.charCodeAt(0) === QUOTE ? 'exact' : fidelityOf(text)
  if (fidelity === 'slow' || (fidelity === 'doubles' && mode === 'digits'))
    return parseText(text, mode === 'value') as JsonNode | undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Jackson may still take it, and the exact parser says why if not
  }
}

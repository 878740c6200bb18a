/** Bytes to JSON nodes: by `JSON.parse` where it cannot differ from Jackson, else by our own parser. */
import { SerializationException } from '../../data/errors.ts'
import { parseJson } from './jackson-parser.ts'
import type { JsonDocument, JsonNode } from './node.ts'
import { JsonParseException } from './parse-error.ts'
import { fidelityOf } from './scan.ts'

/** Node's own method under `Buffer.toString`, three times as fast, for it looks no encoding up. */
type FastBuffer = Buffer & { utf8Slice(from: number, to: number): string }

const REPLACEMENT = '\ufffd'
const QUOTE = 0x22
const MAX_PLAIN_STRING = 20_000_000

/**
 * One JSON document. With `doublesOnly` a fraction may come as the double it stands for, its decimal digits
 * lost. @throws SerializationException with Jackson's text
 */
export function readJson(data: Buffer, start: number, end: number, doublesOnly: boolean): JsonDocument {
  const quick = readJsonValue(data, start, end, doublesOnly)
  if (quick !== undefined) return quick
  try {
    return parseJson(data, start, end)
  } catch (cause) {
    if (cause instanceof JsonParseException)
      throw new SerializationException(`${cause.javaClass}: ${cause.message}`, { cause })
    throw cause
  }
}

/** The value that the bytes are as a whole; undefined when only the exact parser can tell. */
export function readJsonValue(
  data: Buffer,
  start: number,
  end: number,
  doublesOnly: boolean,
): JsonNode | undefined {
  const text = (data as FastBuffer).utf8Slice(start, end)
  if (text.includes(REPLACEMENT)) return undefined
  if (text.charCodeAt(0) !== QUOTE || text.length > MAX_PLAIN_STRING) {
    const fidelity = fidelityOf(text)
    if (fidelity === 'slow' || (fidelity === 'doubles' && !doublesOnly)) return undefined
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Jackson may still take it, and the exact parser says why if not
  }
}

import { isUtf8 } from 'node:buffer'
import { parseJson, readValue } from '../data/json/jackson-parser.ts'
import { JsonCursor } from '../data/json/json-cursor.ts'
import { JsonParseException } from '../data/json/parse-error.ts'
import { HerderError } from '../herder/errors.ts'
import { JsonSlice, nesting, values } from './json-slice.ts'

const HINT =
  'The request body was not understood; nothing was changed. It has to be JSON of the documented form.'

/** A body that cannot be used; its text is what the JVM has from Jackson or from a NullPointerException. */
export class BodyError extends Error {
  readonly hint = HINT
}

/** A hundred times what a configuration has: each costs several microseconds in which the worker does nothing else. */
const MOST_VALUES = 20_000
/** Of workers, which send the configurations of all tasks of a connector. */
export const MOST_VALUES_OF_WORKERS = 1_000_000

/**
 * The value of a JSON body, null for a blank one and for JSON's null. Throws BodyError with Jackson's text for
 * anything that is not one JSON value in UTF-8, and HerderError where there are too many values in it.
 */
export function parseBody(body: Buffer, most = MOST_VALUES): JsonSlice | null {
  if (!isUtf8(body)) throw new BodyError(complaint(body) ?? 'The body is not UTF-8')
  // Invariant 7. `0,` is the least that a value takes.
  if (body.length / 2 > most && values(body) > most)
    throw new HerderError('BAD_REQUEST', `The request body has more than ${most} values`)
  const text = textOf(body)
  if (text.trim() === '') return null
  // JSON.parse has no bound on depth that Jackson would agree with.
  const problem = body.length > MAX_NESTING && nesting(body) > MAX_NESTING ? complaint(body) : null
  if (problem !== null) throw new BodyError(problem)
  try {
    JSON.parse(text)
  } catch (error) {
    throw new BodyError(complaint(body) ?? (error as Error).message)
  }
  const value = JsonSlice.of(body)
  return value?.kind === 'null' ? null : value
}

/** Jackson's. Java: StreamReadConstraints.DEFAULT_MAX_DEPTH */
const MAX_NESTING = 1000

function textOf(body: Buffer): string {
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
  return body.toString('utf8', start)
}

/** What Jackson says of these bytes, or null where it would take them. */
function complaint(body: Buffer): string | null {
  try {
    parseJson(body)
    return trailing(body)
  } catch (error) {
    if (error instanceof JsonParseException) return error.message
    throw error
  }
}

/** A second value after the first. Java: DeserializationFeature.FAIL_ON_TRAILING_TOKENS */
function trailing(body: Buffer): string | null {
  const cursor = new JsonCursor(body, 0, body.length)
  cursor.skipMark()
  cursor.skipBlanks()
  readValue(cursor, 0)
  const c = cursor.skipBlanks()
  if (c < 0) return null
  const at = cursor.at
  readValue(cursor, 0)
  return `Trailing token (of type ${tokenName(c)}) found after value: not allowed as per \`DeserializationFeature.FAIL_ON_TRAILING_TOKENS\`\n at ${cursor.locationOf(at)}`
}

function tokenName(first: number): string {
  const names: Record<string, string> = {
    '{': 'START_OBJECT',
    '[': 'START_ARRAY',
    '"': 'VALUE_STRING',
    t: 'VALUE_TRUE',
    f: 'VALUE_FALSE',
    n: 'VALUE_NULL',
  }
  return names[String.fromCharCode(first)] ?? 'VALUE_NUMBER_INT'
}

import { isUtf8 } from 'node:buffer'
import { parseJson, readValue } from '../converters/json/jackson-parser.ts'
import { JsonCursor } from '../converters/json/json-cursor.ts'
import { JsonParseException } from '../converters/json/parse-error.ts'

const HINT =
  'The request body was not understood; nothing was changed. It has to be JSON of the documented form.'

/** A body that cannot be used; its text is what the JVM has from Jackson or from a NullPointerException. */
export class BodyError extends Error {
  readonly hint = HINT
}

/** A number by its literal text: config values are strings and `1.50` must stay `1.50`. */
export class NumberText {
  constructor(readonly text: string) {}
}

/**
 * The value of a JSON body, numbers as NumberText, null for an empty one. Throws BodyError with Jackson's text for
 * anything that is not one JSON value in UTF-8.
 */
export function parseBody(body: Buffer): unknown {
  if (!isUtf8(body)) throw new BodyError(complaint(body) ?? 'The body is not UTF-8')
  // JSON.parse has no bound on depth that Jackson would agree with.
  if (body.length > SHALLOW_BYTES && nestedBrackets(body)) {
    const problem = complaint(body)
    if (problem !== null) throw new BodyError(problem)
  }
  const text = textOf(body)
  if (text.trim() === '') return null
  try {
    return JSON.parse(text, (_key, value, context?: { source?: string }) =>
      typeof value === 'number' ? new NumberText(context?.source ?? String(value)) : value,
    )
  } catch (error) {
    throw new BodyError(complaint(body) ?? (error as Error).message)
  }
}

/** Jackson refuses what is nested deeper than 1000; no shorter body can be. */
const SHALLOW_BYTES = 1000

/** Whether there are brackets enough for a depth that Jackson refuses. */
function nestedBrackets(body: Buffer): boolean {
  let count = 0
  for (const bracket of [OPENS_ARRAY, OPENS_OBJECT]) {
    for (let at = body.indexOf(bracket); at >= 0; at = body.indexOf(bracket, at + 1)) {
      if (++count > SHALLOW_BYTES) return true
    }
  }
  return false
}

/** Where the value at `path` of names and indexes begins, as Jackson tells it; `body` is valid JSON. */
export function placeOf(body: Buffer, path: readonly (string | number)[]): string {
  const cursor = new JsonCursor(body, 0, body.length)
  cursor.skipMark()
  cursor.skipBlanks()
  for (const name of path) {
    if (typeof name === 'number') {
      cursor.at++
      cursor.skipBlanks()
      for (let i = 0; i < name; i++) {
        readValue(cursor, 1)
        cursor.skipBlanks()
        cursor.at++ // the comma
        cursor.skipBlanks()
      }
      continue
    }
    // Of repeated names the last one counts.
    let found = -1
    cursor.at++
    for (let c = cursor.skipBlanks(); c !== CLOSES_OBJECT; c = cursor.skipBlanks()) {
      if (c === COMMA) {
        cursor.at++
        continue
      }
      const key = readValue(cursor, 1)
      cursor.skipBlanks()
      cursor.at++ // the colon
      cursor.skipBlanks()
      if (key === name) found = cursor.at
      readValue(cursor, 1)
    }
    if (found < 0) break
    cursor.at = found
  }
  return cursor.locationOf(cursor.at)
}

/** The place behind the value, as Jackson tells it; `body` is valid JSON. */
export function endOf(body: Buffer): string {
  const cursor = new JsonCursor(body, 0, body.length)
  cursor.skipMark()
  cursor.skipBlanks()
  readValue(cursor, 0)
  return cursor.locationOf(cursor.at)
}

const COMMA = 0x2c
const OPENS_ARRAY = 0x5b
const OPENS_OBJECT = 0x7b
const CLOSES_OBJECT = 0x7d

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

import { JsonCursor } from '../data/json/json-cursor.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPENS_ARRAY = 0x5b
const CLOSES_ARRAY = 0x5d
const OPENS_OBJECT = 0x7b
const CLOSES_OBJECT = 0x7d

type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

/**
 * A value by its bytes in a body that is known to be valid JSON: it is read only where somebody asks, so that a
 * request of many megabytes costs no more than a pass over them, and numbers keep the text that they were written in.
 */
export class JsonSlice {
  /** `start` is the first byte of the value. */
  constructor(
    private readonly body: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {}

  /** The one value of a body; null when that is blank. */
  static of(body: Buffer): JsonSlice | null {
    const marked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf
    const start = passBlanks(body, marked ? 3 : 0)
    return start < body.length ? new JsonSlice(body, start, passValue(body, start)) : null
  }

  get kind(): Kind {
    switch (this.body[this.start]) {
      case OPENS_OBJECT:
        return 'object'
      case OPENS_ARRAY:
        return 'array'
      case QUOTE:
        return 'string'
      case 0x74:
      case 0x66:
        return 'boolean'
      case 0x6e:
        return 'null'
      default:
        return 'number'
    }
  }

  /** A string's text, and of any other scalar that which stands in the body. */
  text(): string {
    const source = this.body.toString('utf8', this.start, this.end)
    if (this.kind !== 'string') return source
    return source.includes('\\') ? (JSON.parse(source) as string) : source.slice(1, -1)
  }

  /** Of an object; of repeated names the last value at the first one's place. */
  members(): Map<string, JsonSlice> {
    const { body } = this
    const members = new Map<string, JsonSlice>()
    for (let at = passBlanks(body, this.start + 1); body[at] !== CLOSES_OBJECT; ) {
      const name = new JsonSlice(body, at, passString(body, at))
      const start = passBlanks(body, passBlanks(body, name.end) + 1)
      const value = new JsonSlice(body, start, passValue(body, start))
      members.set(name.text(), value)
      at = passComma(body, value.end)
    }
    return members
  }

  /** Of an array. */
  elements(): JsonSlice[] {
    const { body } = this
    const elements: JsonSlice[] = []
    for (let at = passBlanks(body, this.start + 1); body[at] !== CLOSES_ARRAY; ) {
      const element = new JsonSlice(body, at, passValue(body, at))
      elements.push(element)
      at = passComma(body, element.end)
    }
    return elements
  }

  /** Where it begins, as Jackson tells it. */
  place(): string {
    return new JsonCursor(this.body, 0, this.body.length).locationOf(this.start)
  }

  /** The place behind it. */
  placeOfEnd(): string {
    return new JsonCursor(this.body, 0, this.body.length).locationOf(this.end)
  }
}

/** How deep arrays and objects stand in each other; of bytes that are no JSON something about that. */
export function nesting(body: Buffer): number {
  let depth = 0
  let most = 0
  for (let at = 0; at < body.length; at++) {
    const c = body[at]
    if (c === QUOTE) at = passString(body, at) - 1
    else if (c === OPENS_ARRAY || c === OPENS_OBJECT) most = Math.max(most, ++depth)
    else if (c === CLOSES_ARRAY || c === CLOSES_OBJECT) depth--
  }
  return most
}

/** How many values arrays and objects have, all together and about; of bytes that are no JSON something about that. */
export function values(body: Buffer): number {
  let count = 1
  for (let at = 0; at < body.length; at++) {
    if (body[at] === QUOTE) at = passString(body, at) - 1
    else if (body[at] === COMMA) count++
  }
  return count
}

function passBlanks(body: Buffer, at: number): number {
  for (; at < body.length; at++) {
    const c = body[at]
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break
  }
  return at
}

function passComma(body: Buffer, at: number): number {
  at = passBlanks(body, at)
  return body[at] === COMMA ? passBlanks(body, at + 1) : at
}

function passString(body: Buffer, at: number): number {
  for (at++; at < body.length && body[at] !== QUOTE; at++) if (body[at] === BACKSLASH) at++
  return at + 1
}

function passValue(body: Buffer, at: number): number {
  const first = body[at]
  if (first === QUOTE) return passString(body, at)
  if (first !== OPENS_ARRAY && first !== OPENS_OBJECT) {
    for (; at < body.length; at++) {
      const c = body[at]!
      if (c <= 0x20 || c === COMMA || c === CLOSES_ARRAY || c === CLOSES_OBJECT) break
    }
    return at
  }
  let depth = 0
  for (; at < body.length; at++) {
    const c = body[at]
    if (c === QUOTE) at = passString(body, at) - 1
    else if (c === OPENS_ARRAY || c === OPENS_OBJECT) depth++
    else if ((c === CLOSES_ARRAY || c === CLOSES_OBJECT) && --depth === 0) return at + 1
  }
  return at
}

/**
 * Whether `JSON.parse` may read a text: 'exact' when the node that comes out has lost nothing, 'doubles' when
 * only doubles are right (fractions too long to get their decimal digits back), 'slow' when JavaScript would
 * change a number (1.0, 1e2, beyond 2^53, -0), reorder members (names that look like array indexes) or differ
 * from Jackson's limits. The text need not be valid: what is not is left to `JSON.parse`.
 */
export type Fidelity = 'exact' | 'doubles' | 'slow'

const MAX_TEXT = 20_000_000
const MAX_NAME = 50_000
/** One less than Jackson's: an envelope may be around. */
const MAX_DEPTH = 999
const MAX_NUMBER = 300

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

export function fidelityOf(text: string): Fidelity {
  const length = text.length
  if (length > MAX_TEXT) return 'slow'
  const escapes = text.includes('\\')
  let depth = 0
  let doubles = false
  for (let i = 0; i < length; ) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) {
      const end = escapes ? endOfEscapedString(text, i + 1) : text.indexOf('"', i + 1)
      if (end < 0) return 'slow'
      const after = skipBlanks(text, end + 1)
      if (text.charCodeAt(after) === COLON && isOddName(text, i + 1, end, escapes)) return 'slow'
      i = after
    } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
      const end = endOfNumber(text, i)
      const fidelity = fidelityOfNumber(text, i, end)
      if (fidelity === 'slow') return 'slow'
      if (fidelity === 'doubles') doubles = true
      i = end
    } else {
      if (c === 0x7b || c === 0x5b) {
        if (++depth > MAX_DEPTH) return 'slow'
      } else if (c === 0x7d || c === 0x5d) {
        depth--
      }
      i++
    }
  }
  return doubles ? 'doubles' : 'exact'
}

function endOfEscapedString(text: string, i: number): number {
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) return i
    if (c === BACKSLASH) i++
  }
  return -1
}

function skipBlanks(text: string, i: number): number {
  for (let c = text.charCodeAt(i); c === 0x20 || (c >= 0x09 && c <= 0x0d); c = text.charCodeAt(i)) i++
  return i
}

/**
 * Names that look like array indexes come out of a plain object before the others, `__proto__` is not its own,
 * and of surrogates that are escaped in a name Jackson wants pairs.
 */
function isOddName(text: string, start: number, end: number, escapes: boolean): boolean {
  const first = text.charCodeAt(start)
  if ((first >= 0x30 && first <= 0x39) || end - start > MAX_NAME) return true
  if (escapes && text.slice(start, end).includes('\\')) return true
  return first === 0x5f && text.slice(start, end) === '__proto__'
}

function endOfNumber(text: string, i: number): number {
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i)
    const inNumber =
      (c >= 0x30 && c <= 0x39) || c === 0x2e || c === 0x2d || c === 0x2b || c === 0x65 || c === 0x45
    if (!inNumber) break
  }
  return i
}

function fidelityOfNumber(text: string, start: number, end: number): Fidelity {
  let point = false
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x2e) point = true
    else if (c === 0x65 || c === 0x45) return fidelityOfLong(text, start, end)
  }
  if (!point) {
    if (end - start > 15) return 'slow'
    return text.charCodeAt(start) === 0x2d && text.charCodeAt(start + 1) === 0x30 ? 'slow' : 'exact'
  }
  // Up to 15 digits a double gives back, and it is whole only if the fraction is zeros.
  if (end - start <= 16 && text.charCodeAt(end - 1) !== 0x30) return 'exact'
  return fidelityOfLong(text, start, end)
}

function fidelityOfLong(text: string, start: number, end: number): Fidelity {
  if (end - start > MAX_NUMBER) return 'slow'
  const value = Number(text.slice(start, end))
  return Number.isInteger(value) || !Number.isFinite(value) ? 'slow' : 'doubles'
}

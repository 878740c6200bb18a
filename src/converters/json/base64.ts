/** Base64 as Jackson reads it. Java: com.fasterxml.jackson.core.Base64Variant */

/** What Jackson says of text that is no Base64. */
class InvalidFormatException extends Error {
  readonly javaClass = 'com.fasterxml.jackson.databind.exc.InvalidFormatException'

  constructor(why: string) {
    super(`Cannot access contents of TextNode as binary due to broken Base64 encoding: ${why}`)
  }
}

const ENDS_EARLY =
  "Unexpected end of base64-encoded String: base64 variant 'MIME-NO-LINEFEEDS' expects padding (one or more '=' characters) at the end. This Base64Variant might have been incorrectly configured"
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const PADDING = 0x3d
const BITS = new Int8Array(128).fill(-1)
for (let i = 0; i < 64; i++) BITS[ALPHABET.charCodeAt(i)] = i

/** Standard alphabet with padding, blanks only between groups of four. @throws InvalidFormatException */
export function decodeBase64(text: string): Uint8Array {
  return isPlain(text) ? Buffer.from(text, 'base64') : decodeUnits(text)
}

/** Whole groups without blanks, padding at the very end. */
function isPlain(text: string): boolean {
  const { length } = text
  if (length % 4 !== 0) return false
  let end = length
  if (end > 0 && text.charCodeAt(end - 1) === PADDING) end--
  if (end < length && text.charCodeAt(end - 1) === PADDING) end--
  for (let i = 0; i < end; i++) if (bitsOf(text.charCodeAt(i)) < 0) return false
  return true
}

function bitsOf(c: number): number {
  return c < 128 ? BITS[c]! : -1
}

/** Group by group: padding may end any of them, and the next starts afresh. */
function decodeUnits(text: string): Uint8Array {
  const out: number[] = []
  for (let i = 0; ; i += 4) {
    while (i < text.length && text.charCodeAt(i) <= 0x20) i++
    if (i >= text.length) return Uint8Array.from(out)
    const a = digit(text, i, 0)
    const b = digit(text, i, 1)
    out.push((a << 2) | (b >> 4))
    if (text.charCodeAt(i + 2) === PADDING) {
      if (i + 3 >= text.length) throw new InvalidFormatException(ENDS_EARLY)
      if (text.charCodeAt(i + 3) !== PADDING)
        throw illegal(text.charCodeAt(i + 3), 3, ": expected padding character '='")
      continue
    }
    const c = digit(text, i, 2)
    out.push(((b & 0xf) << 4) | (c >> 2))
    if (text.charCodeAt(i + 3) === PADDING) continue
    out.push(((c & 0x3) << 6) | digit(text, i, 3))
  }
}

function digit(text: string, unit: number, index: number): number {
  if (unit + index >= text.length) throw new InvalidFormatException(ENDS_EARLY)
  const c = text.charCodeAt(unit + index)
  const bits = bitsOf(c)
  if (bits < 0) throw illegal(c, index, '')
  return bits
}

function illegal(c: number, index: number, addition: string): InvalidFormatException {
  const code = `(code 0x${c.toString(16)})`
  const place = `as character #${index + 1} of 4-char base64 unit`
  if (c <= 0x20) {
    return new InvalidFormatException(
      `Illegal white space character ${code} ${place}: can only used between units${addition}`,
    )
  }
  if (c === PADDING) {
    return new InvalidFormatException(
      `Unexpected padding character ('=') ${place}: padding only legal as 3rd or 4th character${addition}`,
    )
  }
  const char = c >= 0x7f && c <= 0x9f ? '' : `'${String.fromCharCode(c)}' `
  return new InvalidFormatException(`Illegal character ${char}${code} in base64 content${addition}`)
}

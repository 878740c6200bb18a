/** What Jackson says of text that is no Base64. Java: JsonNode.binaryValue */
class InvalidFormatException extends Error {
  readonly javaClass = 'com.fasterxml.jackson.databind.exc.InvalidFormatException'
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALID = new Uint8Array(128)
for (const char of ALPHABET) VALID[char.charCodeAt(0)] = 1

/** Standard alphabet with padding; blanks between groups of four pass. @throws InvalidFormatException */
export function decodeBase64(text: string): Uint8Array {
  if (isStrict(text)) return Buffer.from(text, 'base64')
  const packed = text.replace(/[\0- ]+/g, '')
  if (packed !== text && isStrict(packed)) return Buffer.from(packed, 'base64')
  throw new InvalidFormatException(
    `Cannot access contents of TextNode as binary due to broken Base64 encoding: ${text}`,
  )
}

function isStrict(text: string): boolean {
  const { length } = text
  if (length % 4 !== 0) return false
  let end = length
  if (end > 0 && text.charCodeAt(end - 1) === 0x3d) end--
  if (end > 0 && end < length && text.charCodeAt(end - 1) === 0x3d) end--
  for (let i = 0; i < end; i++) {
    const c = text.charCodeAt(i)
    if (c > 127 || VALID[c] === 0) return false
  }
  return true
}

const PADDING = 0x3d
const ALPHABET = /[A-Za-z0-9+/]/

/**
 * Why a text is no Base64 to Java, in its words, or null where it is. Java: IllegalArgumentException of
 * java.util.Base64.Decoder.decode
 */
export function base64Complaint(text: string): string | null {
  const bytes = Buffer.from(text, 'latin1')
  if (bytes.length === 0) return null
  if (bytes.length < 2) return 'Input byte[] should at least have 2 bytes for base64 bytes'
  // How many characters of a group of four have been read.
  let read = 0
  let at = 0
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === PADDING) {
      at++
      const isAlone = read === 2 && (at === bytes.length || bytes[at++] !== PADDING)
      if (isAlone || read === 0) return 'Input byte array has wrong 4-byte ending unit'
      break
    }
    // Java's bytes have a sign.
    if (!ALPHABET.test(String.fromCharCode(byte)))
      return `Illegal base64 character ${((byte << 24) >> 24).toString(16)}`
    read = (read + 1) % 4
  }
  if (read === 1) return 'Last unit does not have enough valid bits'
  return at < bytes.length ? `Input byte array has incorrect ending byte at ${at}` : null
}

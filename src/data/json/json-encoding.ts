/**
 * JSON that is not UTF-8: UTF-16 or UTF-32 by its byte order mark or by the zeros among its first bytes, as UTF-8;
 * null when it is UTF-8 already. Java: com.fasterxml.jackson.core.json.ByteSourceJsonBootstrapper
 */
export function asUtf8(data: Buffer, start: number, end: number): Buffer | null {
  const length = end - start
  if (length < 2) return null
  const [a = 1, b = 1, c = 1, d = 1] = data.subarray(start, Math.min(end, start + 4))
  if (length >= 4) {
    if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return fromUtf32(data, start + 4, end, true)
    if (a === 0xff && b === 0xfe && c === 0 && d === 0) return fromUtf32(data, start + 4, end, false)
  }
  if (a === 0xfe && b === 0xff) return fromUtf16(data, start + 2, end, true)
  if (a === 0xff && b === 0xfe) return fromUtf16(data, start + 2, end, false)
  if (length >= 4) {
    if (a === 0 && b === 0 && c === 0) return fromUtf32(data, start, end, true)
    if (b === 0 && c === 0 && d === 0) return fromUtf32(data, start, end, false)
  }
  if (a === 0) return fromUtf16(data, start, end, true)
  return b === 0 ? fromUtf16(data, start, end, false) : null
}

function fromUtf16(data: Buffer, start: number, end: number, bigEndian: boolean): Buffer {
  const copy = Buffer.from(data.subarray(start, end - ((end - start) & 1)))
  if (bigEndian) copy.swap16()
  return Buffer.from(copy.toString('utf16le'))
}

function fromUtf32(data: Buffer, start: number, end: number, bigEndian: boolean): Buffer {
  let text = ''
  for (let i = start; i + 4 <= end; i += 4) {
    const code = bigEndian ? data.readUInt32BE(i) : data.readUInt32LE(i)
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  }
  return Buffer.from(text)
}

/**
 * Java's charsets by name, for `converter.encoding`. What cannot be encoded becomes `?`, what cannot be
 * decoded U+FFFD. Java: java.nio.charset.Charset
 */
import { decodeUtf8 } from '../data/java-utf8.ts'

export interface Charset {
  decode(data: Buffer, start: number, end: number): string
  encode(text: string): Uint8Array
}

const UTF16_BE: Charset = {
  decode: (data, start, end) => decodeUtf16(data, start, end, true),
  encode: text => Buffer.from(text, 'utf16le').swap16(),
}

const UTF16_LE: Charset = {
  decode: (data, start, end) => decodeUtf16(data, start, end, false),
  encode: text => Buffer.from(text, 'utf16le'),
}

/** Java writes a big-endian mark first, and reads either order by its mark, big-endian without one. */
const UTF16: Charset = {
  decode(data, start, end) {
    const mark = end - start >= 2 ? data.readUInt16BE(start) : 0
    if (mark === 0xfeff) return decodeUtf16(data, start + 2, end, true)
    if (mark === 0xfffe) return decodeUtf16(data, start + 2, end, false)
    return decodeUtf16(data, start, end, true)
  },
  encode: text =>
    text === '' ? new Uint8Array(0) : Buffer.concat([Buffer.from([0xfe, 0xff]), UTF16_BE.encode(text)]),
}

function decodeUtf16(data: Buffer, start: number, end: number, bigEndian: boolean): string {
  const even = end - ((end - start) & 1)
  const copy = Buffer.from(data.subarray(start, even))
  if (bigEndian) copy.swap16()
  return copy.toString('utf16le').toWellFormed() + (even < end ? '\ufffd' : '')
}

/** A charset whose first `size` code points are its bytes. */
function directBytes(size: number): Charset {
  return {
    decode(data, start, end) {
      const text = data.toString('latin1', start, end)
      return size === 256 ? text : text.replace(/[\x80-\xff]/g, '\ufffd')
    },
    encode(text) {
      const bytes: number[] = []
      for (const char of text) {
        const code = char.codePointAt(0)!
        bytes.push(code < size ? code : 0x3f)
      }
      return Uint8Array.from(bytes)
    },
  }
}

const UTF8: Charset = {
  decode: decodeUtf8,
  encode: text => Buffer.from(text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?')),
}

const BUILT_IN: Readonly<Record<string, Charset>> = {
  'UTF-8': UTF8,
  UTF8,
  'UTF-16': UTF16,
  UTF16,
  'UTF-16BE': UTF16_BE,
  'UTF-16LE': UTF16_LE,
  'ISO-8859-1': directBytes(256),
  ISO8859_1: directBytes(256),
  LATIN1: directBytes(256),
  'US-ASCII': directBytes(128),
  ASCII: directBytes(128),
}

/** Single-byte charsets that Java and the WHATWG encoding standard know by the same name and table. */
const SINGLE_BYTE = /^(windows-125[0-8]|ISO-8859-([2-8]|1[0356])|KOI8-[RU]|IBM866)$/i

/** Null when there is no charset of that name here. */
export function charsetForName(name: string): Charset | null {
  const builtIn = BUILT_IN[name.toUpperCase()]
  if (builtIn) return builtIn
  return SINGLE_BYTE.test(name) ? singleByte(name) : null
}

/** The table comes from decoding every byte once. */
function singleByte(name: string): Charset {
  const decoder = new TextDecoder(name as Bun.Encoding)
  const byteOf = new Map<string, number>()
  for (let byte = 0; byte < 256; byte++) {
    const char = decoder.decode(Uint8Array.of(byte))
    if (char !== '\ufffd') byteOf.set(char, byte)
  }
  return {
    decode: (data, start, end) => decoder.decode(data.subarray(start, end)),
    encode: text => Uint8Array.from([...text], char => byteOf.get(char) ?? 0x3f),
  }
}

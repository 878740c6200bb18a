/** What a SQL Server says, as bytes. Spec: MS-TDS 2.2.7 */

export function uint(value: number | bigint, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  for (let i = 0, rest = BigInt(value); i < bytes; i++, rest >>= 8n) buffer[i] = Number(rest & 0xffn)
  return buffer
}

function shortText(text: string): Buffer {
  return Buffer.concat([uint(text.length, 1), Buffer.from(text, 'utf16le')])
}

function longText(text: string): Buffer {
  return Buffer.concat([uint(text.length, 2), Buffer.from(text, 'utf16le')])
}

export interface WireColumn {
  readonly name: string
  /** TYPE_INFO */
  readonly type: Buffer
  /** 1 = may be null. */
  readonly flags?: number
  readonly userType?: number
}

export function columns(list: readonly WireColumn[]): Buffer {
  const each = list.map(({ name, type, flags = 1, userType = 0 }) =>
    Buffer.concat([uint(userType, 4), uint(flags, 2), type, shortText(name)]),
  )
  return Buffer.concat([uint(0x81, 1), uint(list.length, 2), ...each])
}

/** Values as they stand in it, lengths included. */
export function row(values: readonly Buffer[]): Buffer {
  return Buffer.concat([uint(0xd1, 1), ...values])
}

/** A row whose nulls are bits of a map and have no bytes. */
export function rowWithoutNulls(values: readonly (Buffer | null)[]): Buffer {
  const map = Buffer.alloc(Math.ceil(values.length / 8))
  values.forEach((value, i) => {
    if (value === null) map[i >> 3]! |= 1 << (i & 7)
  })
  return Buffer.concat([uint(0xd2, 1), map, ...values.filter(value => value !== null)])
}

const COUNT = 0x10
const ATTENTION = 0x20
const MORE = 0x01
const FAILED = 0x02

function done(token: number, status: number, count: number): Buffer {
  return Buffer.concat([uint(token, 1), uint(status, 2), uint(0, 2), uint(count, 8)])
}

export function ended(count?: number): Buffer {
  return count === undefined ? done(0xfd, 0, 0) : done(0xfd, COUNT, count)
}

/** The end of a statement within a procedure or a trigger. */
export function endedWithin(count: number): Buffer {
  return done(0xff, COUNT | MORE, count)
}

export function attentionHeard(): Buffer {
  return done(0xfd, ATTENTION, 0)
}

export function failed(number: number, message: string, severity = 16): Buffer {
  const body = Buffer.concat([
    uint(number, 4),
    uint(1, 1),
    uint(severity, 1),
    longText(message),
    shortText('peer'),
    shortText(''),
    uint(1, 4),
  ])
  return Buffer.concat([uint(0xaa, 1), uint(body.length, 2), body])
}

export function failedAndEnded(number: number, message: string): Buffer {
  return Buffer.concat([failed(number, message), done(0xfd, FAILED, 0)])
}

/** TDS 7.4 */
export function loggedIn(): Buffer {
  const body = Buffer.concat([
    uint(1, 1),
    Buffer.from([0x74, 0, 0, 4]),
    shortText('peer'),
    Buffer.from([16, 0, 0, 0]),
  ])
  return Buffer.concat([uint(0xad, 1), uint(body.length, 2), body])
}

/** Version 16, and what it says of TLS: 2 = there is none. */
export function preLogin(encryption: number): Buffer {
  return Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, encryption])
}

const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34])

/** That of the database, which the JVM's driver has to be told. */
export function collation(): Buffer {
  const body = Buffer.concat([uint(7, 1), uint(COLLATION.length, 1), COLLATION, uint(0, 1)])
  return Buffer.concat([uint(0xe3, 1), uint(body.length, 2), body])
}

export const INT = Buffer.from([0x26, 4])
export const BIGINT = Buffer.from([0x26, 8])
export const DATETIME2 = Buffer.from([0x2a, 7])
export const NVARCHAR = Buffer.concat([Buffer.from([0xe7, 0x40, 0x1f]), COLLATION])
export const NVARCHAR_MAX = Buffer.concat([Buffer.from([0xe7, 0xff, 0xff]), COLLATION])

export function int(value: number): Buffer {
  return Buffer.concat([uint(4, 1), uint(value, 4)])
}

export function bigint(value: bigint): Buffer {
  return Buffer.concat([uint(8, 1), uint(value, 8)])
}

/** Of seven digits: the seconds of a day and ten millionths. */
export function datetime2(day: string, seconds: number, fraction: number): Buffer {
  const days = Math.round((Date.parse(day) - Date.parse('0001-01-01')) / 86_400_000)
  return Buffer.concat([uint(8, 1), uint(seconds * 1e7 + fraction, 5), uint(days, 3)])
}

export function nvarchar(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf16le')
  return Buffer.concat([uint(bytes.length, 2), bytes])
}

/** In pieces of so many bytes. */
export function inPieces(bytes: Buffer, size: number): Buffer {
  const parts: Buffer[] = [uint(bytes.length, 8)]
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size)
    parts.push(uint(piece.length, 4), piece)
  }
  return Buffer.concat([...parts, uint(0, 4)])
}

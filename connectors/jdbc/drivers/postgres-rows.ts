/** Rows as the protocol sends them. Java: org.postgresql.core.v3.QueryExecutorImpl, org.postgresql.util.ByteConverter */
import type { Cell } from './connection.ts'

type CellReader = (data: Buffer, at: number, length: number) => Cell

/** Node's own method under `Buffer.toString`, without the look-up of an encoding. */
type FastBuffer = Buffer & { utf8Slice(from: number, to: number): string }

/** Up to so many bytes a loop is faster than a call into the engine. */
const SHORT_BYTES = 64

/** Types that are asked for in binary, by oid: no digits are made of them and read again. */
const BINARY: Readonly<Record<number, CellReader>> = {
  16: (data, at) => (data[at] === 0 ? 'f' : 't'),
  17: bytea,
  20: int8,
  21: (data, at) => ((data[at]! << 24) >> 16) | data[at + 1]!,
  23: int32,
  700: (data, at) => data.readFloatBE(at),
  701: (data, at) => data.readDoubleBE(at),
  // Microseconds since 2000, of clocks without a zone or in UTC.
  1114: int8,
  1184: int8,
}

/** Reads the rows of a result of these types. */
export class RowReader {
  /** Of each column as Bind has them: 0 text, 1 binary. */
  readonly formats: readonly number[]
  readonly #readers: readonly CellReader[]

  /** @param types by oid */
  constructor(types: readonly number[]) {
    this.formats = types.map(type => (BINARY[type] === undefined ? 0 : 1))
    this.#readers = types.map(type => BINARY[type] ?? text)
  }

  /** Of a DataRow's content, which begins at `at`. */
  row(data: Buffer, at: number): Cell[] {
    const readers = this.#readers
    const count = readers.length
    const cells = new Array<Cell>(count)
    let next = at + 2
    for (let i = 0; i < count; i++) {
      const length = int32(data, next)
      next += 4
      if (length < 0) {
        cells[i] = null
      } else {
        cells[i] = readers[i]!(data, next, length)
        next += length
      }
    }
    return cells
  }
}

function bytea(data: Buffer, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  if (length > SHORT_BYTES) data.copy(bytes, 0, at, at + length)
  else for (let i = 0; i < length; i++) bytes[i] = data[at + i]!
  return bytes
}

function text(data: Buffer, at: number, length: number): string {
  return (data as FastBuffer).utf8Slice(at, at + length)
}

export function int32(data: Uint8Array, at: number): number {
  return (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!
}

/** A number where it is safe, else a bigint. */
function int8(data: Buffer, at: number): number | bigint {
  const high = int32(data, at)
  const low = int32(data, at + 4) >>> 0
  const value = high * 0x1_0000_0000 + low
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low)
}

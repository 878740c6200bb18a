import type { ColumnMetadata } from 'tedious/lib/token/colmetadata-token-parser'
import { NotEnoughDataError } from 'tedious/lib/token/helpers'
import type StreamParser from 'tedious/lib/token/stream-parser'
import { isPLPStream, PLPReader, readValue } from 'tedious/lib/value-parser'
import type { Cell } from './connection.ts'
import {
  dateText,
  datetime2Text,
  datetimeOffsetText,
  datetimeText,
  decimalText,
  moneyText,
  smallDatetimeText,
  timeText,
} from './sqlserver-values.ts'

/** Where the parser of `tedious` stands in what has come. */
export type Position = Pick<StreamParser, 'buffer' | 'position' | 'options'>

/**
 * Reads the next value and goes on behind it.
 * @throws NotEnoughDataError when it has not come whole: it is called again when more has
 */
export type CellReader = (at: Position) => Cell

/** The client makes floats of decimals and Dates of timestamps: those are read here, from the bytes themselves. */
export function cellReader(metadata: ColumnMetadata): CellReader {
  const { name } = metadata.type
  const exact = exactReader(metadata)
  if (exact !== null) return exact
  if (name === 'Variant') return skipVariant
  if (isPLPStream(metadata)) return inParts(metadata)
  return at => {
    const { value, offset } = readValue(at.buffer, at.position, metadata, at.options)
    at.position = offset
    if (value === true) return 1
    if (value === false) return 0
    // The buffer that it came in is larger, and would stay as long as it does.
    return value instanceof Uint8Array ? Buffer.from(value) : (value as Cell)
  }
}

function exactReader({ type, scale = 0 }: ColumnMetadata): CellReader | null {
  switch (type.name) {
    case 'DecimalN':
    case 'NumericN':
      return counted(bytes => decimalText(bytes, scale))
    case 'Money':
      return fixed(8, moneyText)
    case 'SmallMoney':
      return fixed(4, moneyText)
    case 'MoneyN':
      return counted(moneyText)
    case 'Date':
      return counted(dateText)
    case 'Time':
      return counted(bytes => timeText(bytes, scale))
    case 'DateTime2':
      return counted(bytes => datetime2Text(bytes, scale))
    case 'DateTimeOffset':
      return counted(bytes => datetimeOffsetText(bytes, scale))
    case 'DateTime':
      return fixed(8, datetimeText)
    case 'SmallDateTime':
      return fixed(4, smallDatetimeText)
    case 'DateTimeN':
      return counted(bytes => (bytes.length === 4 ? smallDatetimeText(bytes) : datetimeText(bytes)))
    default:
      return null
  }
}

/** Behind a byte that says how many follow; none is null. */
function counted(read: (bytes: Buffer) => string): CellReader {
  return at => {
    const start = at.position + 1
    if (start > at.buffer.length) throw new NotEnoughDataError(start)
    const end = start + at.buffer[start - 1]!
    return end === start ? ended(at, end) : slice(at, start, end, read)
  }
}

function fixed(length: number, read: (bytes: Buffer) => string): CellReader {
  return at => slice(at, at.position, at.position + length, read)
}

function slice(at: Position, start: number, end: number, read: (bytes: Buffer) => string): Cell {
  if (end > at.buffer.length) throw new NotEnoughDataError(end)
  at.position = end
  return read(at.buffer.subarray(start, end))
}

function ended(at: Position, end: number): null {
  at.position = end
  return null
}

/** Values of any type, which no field holds. */
const skipVariant: CellReader = at => {
  const start = at.position + 4
  if (start > at.buffer.length) throw new NotEnoughDataError(start)
  const end = start + at.buffer.readUInt32LE(at.position)
  if (end > at.buffer.length) throw new NotEnoughDataError(end)
  return ended(at, end)
}

/** A value of any length comes in pieces, and what has come of it is kept. */
function inParts(metadata: ColumnMetadata): CellReader {
  let reader: PLPReader | null = null
  return at => {
    reader ??= new PLPReader(metadata)
    const value = reader.read(at as StreamParser) as Cell
    reader = null
    return value
  }
}

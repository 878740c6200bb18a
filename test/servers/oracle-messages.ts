/** Messages of Oracle's protocol, as a server writes them and reads what a call brings. */
import { type OracleReader, OracleWriter } from './oracle-wire.ts'

/** The kind of the first message, and of the answer to it. */
export const PROTOCOL = 1

/** Of a result; `type` is the number of Oracle's type, `charset` 1, or 2 for national ones. */
export interface OracleColumn {
  readonly name: string
  readonly type: number
  readonly precision?: number
  readonly scale?: number
  readonly size?: number
  readonly nullable?: boolean
  readonly charset?: number
}

export function append(writer: OracleWriter, more: OracleWriter): OracleWriter {
  return writer.raw(...more.bytes())
}

export function protocol(): OracleWriter {
  const compile = Buffer.alloc(40)
  // Field version 12.2.
  compile[7] = 8
  const runtime = Buffer.alloc(7)
  // Zones, and texts of 32767 bytes.
  runtime[1] = 1
  runtime[6] = 4
  return (
    new OracleWriter()
      .raw(PROTOCOL, 6, 0, ...Buffer.from('Oracle\0'))
      // UTF-8, and UTF-16 for national texts.
      .raw(0x69, 0x03, 0, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x07, 0xd0)
      .value(compile)
      .value(runtime)
  )
}

export function parameters(pairs: readonly [name: string, text: string, flag: number][]): OracleWriter {
  const writer = new OracleWriter().raw(8).number(pairs.length)
  for (const [name, text, flag] of pairs) writer.text(name).text(text).number(flag)
  return writer
}

export function described(columns: readonly OracleColumn[]): OracleWriter {
  const writer = new OracleWriter().raw(16, 0).numbers(0, columns.length).raw(0)
  for (const { name, type, precision = 0, scale = 0, size = 4000, nullable = true, charset = 0 } of columns) {
    writer.raw(type, 0, precision & 0xff, scale & 0xff).numbers(size, 0, 0, 0, 0, charset === 0 ? 0 : 873)
    writer
      .raw(charset)
      .numbers(size, 0)
      .raw(nullable ? 1 : 0, name.length)
    writer.text(name).text('').text('').numbers(0, 0)
  }
  return writer.numbers(0, 0, 0, 0, 0, 0)
}

/** How a call has ended. */
export function ended(
  answer: { changed: number } | { error: number; message: string },
  cursor = 0,
): OracleWriter {
  const error = 'error' in answer ? answer.error : 0
  const writer = new OracleWriter().raw(4).numbers(0, 0, 0, 0, 0, 0, cursor, 0).raw(0, 0, 0, 0, 0, 0)
  writer.numbers(0, 0).raw(0).numbers(0, 0)
  writer
    .number(0)
    .raw(0, 0)
    .numbers(0, 0, 0, 0, 0, 0, error)
    .number('changed' in answer ? answer.changed : 0)
  return 'error' in answer
    ? writer.value(`ORA-${String(error).padStart(5, '0')}: ${answer.message}\n`)
    : writer
}

export function bindType(reader: OracleReader): number {
  const type = reader.byte()
  reader.skip(3)
  reader.skipNumbers(6)
  reader.skip(1)
  reader.skipNumbers(2)
  return type
}

/** Large objects that parameters were, which the next call has freed. */
export function freedLobs(reader: OracleReader): void {
  reader.skip(1)
  const bytes = reader.number()
  reader.skip(1)
  reader.skipNumbers(3)
  reader.skip(3)
  reader.number()
  reader.skip(1)
  reader.skipNumbers(3)
  reader.skip(1)
  for (let i = 0; i < 3; i++) {
    reader.skip(1)
    reader.number()
  }
  reader.take(bytes)
}

/** Of a large object it is its locator. */
export function rowsOf(reader: OracleReader, types: readonly number[]): (Buffer | null)[][] {
  const rows: (Buffer | null)[][] = []
  while (types.length > 0 && !reader.isAtEnd) {
    // The kind of the message: data of a row.
    reader.skip(1)
    rows.push(
      types.map(type => {
        const isLob = type === 112 || type === 113
        return isLob && reader.number() === 0 ? null : reader.value()
      }),
    )
  }
  return rows
}

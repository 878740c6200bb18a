import type { SqlValue } from './connection.ts'
import type { BindDefinition, BindValue, DbType, OracleClient } from './oracledb.ts'

/** Longer texts and bytes travel as large objects: a statement takes them as nothing else. */
const MOST_TEXT_BYTES = 4000
const MOST_RAW_BYTES = 2000

export interface Binds {
  /** One for each parameter of the statement. */
  readonly definitions: readonly BindDefinition[]
  readonly rows: readonly (readonly BindValue[])[]
}

/**
 * Parameters for every row that is in `values`, `width` a row: those of one place have one type in all rows that go
 * together. No decimal and no time is a number of JavaScript's here; a float that is no safe integer goes as a
 * BINARY_DOUBLE, which it is. Rows with large values go by themselves, for each of these is sent before its statement.
 * Java: OracleDatabaseDialect.maybeBindPrimitive
 */
export function bindsOf(values: readonly SqlValue[], width: number, client: OracleClient): Binds[] {
  if (width === 0) return [{ definitions: [], rows: [[]] }]
  const batches: { isLarge: boolean; rows: BindValue[][] }[] = []
  for (let at = 0; at < values.length; at += width) {
    const row = values.slice(at, at + width).map(bindable)
    const isLarge = row.some(isLargeValue)
    const last = batches.at(-1)
    if (last?.isLarge === isLarge) last.rows.push(row)
    else batches.push({ isLarge, rows: [row] })
  }
  return batches.map(({ rows }) => bindsOfBatch(rows, width, client))
}

function bindsOfBatch(rows: BindValue[][], width: number, client: OracleClient): Binds {
  const definitions: BindDefinition[] = []
  for (let column = 0; column < width; column++) {
    const { definition, bound } = typed(
      rows.map(row => row[column]!),
      client,
    )
    definitions.push(definition)
    for (let row = 0; row < rows.length; row++) rows[row]![column] = bound[row]!
  }
  return { definitions, rows }
}

function isLargeValue(value: BindValue): boolean {
  if (typeof value === 'string')
    return value.length * 3 > MOST_TEXT_BYTES && Buffer.byteLength(value) > MOST_TEXT_BYTES
  return value instanceof Uint8Array && value.length > MOST_RAW_BYTES
}

function bindable(value: SqlValue): BindValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (!(value instanceof Uint8Array)) return value
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

function typed(
  cells: readonly BindValue[],
  client: OracleClient,
): { definition: BindDefinition; bound: readonly BindValue[] } {
  const isText = cells.some(cell => typeof cell === 'string')
  const isBytes = cells.some(cell => cell instanceof Uint8Array)
  if (isBytes) return sized(cells, client.DB_TYPE_RAW, client.DB_TYPE_BLOB, MOST_RAW_BYTES)
  if (isText || cells.every(cell => cell === null)) {
    // Where some are numbers, as beside the text of an infinity, the database reads them all.
    const texts = cells.map(cell => (cell === null ? null : String(cell)))
    return sized(texts, client.DB_TYPE_VARCHAR, client.DB_TYPE_CLOB, MOST_TEXT_BYTES)
  }
  const isFloat = cells.some(cell => typeof cell === 'number' && !Number.isSafeInteger(cell))
  if (!isFloat) return { definition: { type: client.DB_TYPE_NUMBER }, bound: cells }
  return { definition: { type: client.DB_TYPE_BINARY_DOUBLE }, bound: cells }
}

function sized(
  cells: readonly BindValue[],
  type: DbType,
  large: DbType,
  most: number,
): { definition: BindDefinition; bound: readonly BindValue[] } {
  let maxSize = 1
  for (const cell of cells) {
    const bytes =
      typeof cell === 'string' ? Buffer.byteLength(cell) : cell instanceof Uint8Array ? cell.length : 0
    maxSize = Math.max(maxSize, bytes)
  }
  return { definition: maxSize > most ? { type: large } : { type, maxSize }, bound: cells }
}

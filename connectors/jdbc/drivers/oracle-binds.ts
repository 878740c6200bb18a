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
 * Parameters for every row that is in `values`, `width` a row: those of one place have one type in all rows. No decimal
 * and no time is a number of JavaScript's here; a float that is no safe integer goes as a BINARY_DOUBLE, which it is.
 * Java: OracleDatabaseDialect.maybeBindPrimitive
 */
export function bindsOf(values: readonly SqlValue[], width: number, client: OracleClient): Binds {
  const count = width === 0 ? 1 : values.length / width
  const rows: BindValue[][] = Array.from({ length: count }, () => new Array<BindValue>(width).fill(null))
  const definitions: BindDefinition[] = []
  for (let column = 0; column < width; column++) {
    const cells = rows.map((_, row) => bindable(values[row * width + column]!))
    const { definition, bound } = typed(cells, client)
    definitions.push(definition)
    for (let row = 0; row < count; row++) rows[row]![column] = bound[row]!
  }
  return { definitions, rows }
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

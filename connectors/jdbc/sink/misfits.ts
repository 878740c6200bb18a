import type { ColumnDefinition } from '../dialects/dialect.ts'
import type { SqlValue } from '../drivers/connection.ts'

const INTEGER_BYTES: Readonly<Record<string, number>> = {
  tinyint: 1,
  int2: 2,
  smallint: 2,
  mediumint: 3,
  int4: 4,
  int: 4,
  integer: 4,
  int8: 8,
  bigint: 8,
}

/**
 * What of a value does not fit into its column, null when nothing is seen: some databases refuse a row without a word of
 * the column.
 */
export function misfit(value: SqlValue, column: ColumnDefinition): string | null {
  if (value === null || value instanceof Uint8Array) return null
  const type = column.type.toLowerCase()
  const { precision, scale, name } = column
  if (/char/.test(type) && precision !== null) {
    const length = [...String(value)].length
    return length > precision ? `${name} takes ${precision} characters and was given ${length}` : null
  }
  const bytes = INTEGER_BYTES[type]
  if (bytes !== undefined && /^-?\d+$/.test(String(value))) {
    const given = BigInt(String(value))
    const fits = (column.unsigned ? BigInt.asUintN : BigInt.asIntN)(bytes * 8, given) === given
    return fits ? null : `${name}, of type ${type}, has no number that large`
  }
  if (/^(?:numeric|decimal)$/.test(type) && precision !== null) {
    const digits = /^-?0*(\d*)/.exec(String(value))?.[1]?.length ?? 0
    const room = precision - (scale ?? 0)
    return digits > room ? `${name} takes ${room} digits before the point and was given ${digits}` : null
  }
  return null
}

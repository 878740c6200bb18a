/** Where a row stands in its table's order. Java: TimestampIncrementingCriteria.extractValues */
import { BigDecimal, ConnectException, DECIMAL_NAME } from '#bunnect'
import type { Timestamp } from '../dialects/reading.ts'
import type { Cell } from '../drivers/connection.ts'
import type { RowMapping } from './row-mapping.ts'
import type { SourceSettings } from './settings.ts'

const LAST_INT64 = 2n ** 63n - 1n

export function incrementingReader(
  mapping: RowMapping,
  name: string,
  { dialect, reading }: SourceSettings,
): (row: readonly Cell[]) => number | bigint {
  const index = mapping.index(name)
  const column = mapping.columns[index]!
  const field = dialect.reading.column(column, reading)
  const type = field?.schema.name === DECIMAL_NAME ? 'Decimal' : (field?.schema.type ?? column.type)
  if (
    field === null ||
    !/^(?:INT(?:8|16|32|64)|Decimal)$/.test(type) ||
    (field.schema.name !== null && type !== 'Decimal')
  ) {
    throw new ConnectException(`Invalid type for incrementing column: ${type}`, {
      hint: `Column ${column.name} must be a whole number.`,
    })
  }
  return row => {
    const cell = row[index]!
    if (cell === null) {
      throw new ConnectException(`Null value for incrementing column of type: ${type}`, {
        hint: `Column ${column.name} has rows without a value: they would never be read.`,
      })
    }
    let value: unknown
    try {
      value = field.read(cell)
    } catch (error) {
      throw mapping.named(error)
    }
    return value instanceof BigDecimal ? longOf(value, column.name) : (value as number | bigint)
  }
}

function longOf(value: BigDecimal, column: string): number | bigint {
  if (value.scale !== 0) {
    throw new ConnectException('Scale of Decimal value for incrementing column must be 0', {
      hint: `Column ${column} has digits behind the point.`,
    })
  }
  const { unscaled } = value
  if (unscaled > LAST_INT64 || unscaled < -LAST_INT64 - 1n) {
    throw new ConnectException('Decimal value for incrementing column exceeded Long.MAX_VALUE', {
      hint: `Column ${column} holds ${unscaled}.`,
    })
  }
  const number = Number(unscaled)
  return Number.isSafeInteger(number) ? number : unscaled
}

/** Of several columns the first that is not null. */
export function timestampReader(
  mapping: RowMapping,
  names: readonly string[],
  { dialect, reading }: SourceSettings,
): (row: readonly Cell[]) => Timestamp {
  const columns = names.map(name => {
    const index = mapping.index(name)
    return { index, read: dialect.reading.timestampReader(mapping.columns[index]!, reading) }
  })
  return row => {
    for (const { index, read } of columns) {
      const cell = row[index]!
      if (cell === null) continue
      try {
        return read(cell)
      } catch (error) {
        throw mapping.named(error)
      }
    }
    throw new ConnectException(`A row has no value in ${names.join(', ')}`)
  }
}

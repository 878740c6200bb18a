import type { ResultColumn } from '../../drivers/connection.ts'
import { date, time, timestampText, timestampTexts } from '../reading/dates.ts'
import { timestamp } from '../reading/granularity.ts'
import { boolean, decimal, float32, float64, integer } from '../reading/numbers.ts'
import { asBytes, bytes, text } from '../reading/texts.ts'
import type { ReadColumn, ReadingDialect, ReadingOptions, Value } from '../reading.ts'

/** Java: io.confluent.connect.jdbc.dialect.MySqlDatabaseDialect over com.mysql.cj */
export const mysqlReading: ReadingDialect = {
  column,
  // Of whole seconds: a row of this second is not read before it is over, so that none of it is missed.
  currentTimestamp: 'SELECT CURRENT_TIMESTAMP',
  timestampReader: timestampTexts,
  timestampValue: zone => timestampText(zone, false),
}

function column(column: ResultColumn, options: ReadingOptions): ReadColumn | null {
  const { type, unsigned } = column
  switch (type) {
    case 'BOOLEAN':
      return boolean(column, cell => cell !== '0')
    case 'TINYINT':
      return integer(column, unsigned ? 16 : 8)
    case 'SMALLINT':
      return integer(column, unsigned ? 32 : 16)
    case 'MEDIUMINT':
    case 'INT':
      return integer(column, unsigned ? 64 : 32)
    case 'BIGINT':
      return integer(column, 64)
    case 'FLOAT':
      return float32(column)
    case 'DOUBLE':
      return float64(column)
    // JDBC calls it DECIMAL, to which numeric.mapping does not apply.
    case 'DECIMAL':
      return decimal(column)
    case 'BIT':
      return bits(column)
    case 'CHAR':
    case 'VARCHAR':
    case 'TEXT':
    case 'ENUM':
    case 'SET':
    case 'JSON':
    case 'UUID':
    case 'INET4':
    case 'INET6':
      return text(column)
    case 'BINARY':
    case 'VARBINARY':
    case 'BLOB':
    case 'GEOMETRY':
      return bytes(column)
    case 'DATE':
      return date(column, options)
    case 'YEAR':
      return date(column, options, year)
    case 'TIME':
      return time(column, options)
    case 'DATETIME':
    case 'TIMESTAMP':
      return timestamp(column, options, timestampTexts(column, options))
    default:
      return null
  }
}

/** yearIsDateType: the first of January. */
function year(cell: Value): string {
  return `${String(cell).padStart(4, '0')}-01-01`
}

/** Eight are an int8, more are bytes, the highest first. */
function bits(column: ResultColumn): ReadColumn {
  if ((column.precision ?? 1) > 8) return bytes(column)
  const { schema, read } = integer(column, 8)
  return {
    schema,
    read: cell =>
      read(
        asBytes(cell)
          .reduce((sum, byte) => sum * 256 + byte, 0)
          .toString(),
      ),
  }
}

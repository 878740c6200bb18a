import { ConnectException } from '#bunnect'
import type { ResultColumn } from '../../drivers/connection.ts'
import { NO_SCALE } from '../../drivers/oracle-columns.ts'
import { date, timestampText, timestampTexts } from '../reading/dates.ts'
import { timestamp } from '../reading/granularity.ts'
import { boolean, decimal, float32, float64, numeric } from '../reading/numbers.ts'
import { bytes, text } from '../reading/texts.ts'
import type { ReadColumn, ReadingDialect, ReadingOptions, Timestamp, Value } from '../reading.ts'

/** Of a NUMBER without a scale: what a Decimal of it can hold. Java: NUMERIC_TYPE_SCALE_HIGH */
const LARGEST_SCALE = 127

const TIMESTAMP = "'YYYY-MM-DD HH24:MI:SS.FF'"

/** Java: io.confluent.connect.jdbc.dialect.OracleDatabaseDialect over oracle.jdbc */
export const oracleReading: ReadingDialect = {
  column,
  // As text, for it is an instant whatever the zone of the columns is.
  currentTimestamp:
    "SELECT TO_CHAR(SYS_EXTRACT_UTC(CURRENT_TIMESTAMP), 'YYYY-MM-DD HH24:MI:SS.FF9') || 'Z' FROM DUAL",
  timestampReader,
  timestampValue: zone => timestampText(zone, false),
  // A text by itself would be compared in the form of dates with a DATE, which has no fraction of a second.
  comparable: { column: sql => sql, parameter: sql => `TO_TIMESTAMP(${sql}, ${TIMESTAMP})` },
}

function column(column: ResultColumn, options: ReadingOptions): ReadColumn | null {
  switch (column.type) {
    case 'NUMBER':
      return number(column, options)
    case 'BINARY_FLOAT':
      return float32(column)
    case 'BINARY_DOUBLE':
    case 'FLOAT':
      return float64(column)
    case 'BOOLEAN':
      return boolean(column, cell => cell === 'true')
    case 'CHAR':
    case 'NCHAR':
    case 'VARCHAR2':
    case 'NVARCHAR2':
    case 'LONG':
    case 'CLOB':
    case 'NCLOB':
    case 'XMLTYPE':
      return text(column)
    case 'RAW':
    case 'LONG RAW':
    case 'BLOB':
      return bytes(column)
    case 'DAY':
      return date(column, options, cell => String(cell).replace(/ \d\d:\d\d:\d\d/, ''))
    // It has a time of day.
    case 'DATE':
    case 'TIMESTAMP':
    case 'TIMESTAMP WITH TIME ZONE':
    case 'TIMESTAMP WITH LOCAL TIME ZONE':
      return timestamp(column, options, timestampTexts(column, options))
    default:
      return null
  }
}

/** A NUMBER without a scale has any: it is a Decimal of the largest, whatever numeric.mapping says. */
function number(column: ResultColumn, options: ReadingOptions): ReadColumn {
  if (column.scale === NO_SCALE) return decimal({ ...column, scale: LARGEST_SCALE })
  return numeric(column, options)
}

/** @throws ConnectException for a column that its parameters would not be compared with as instants */
function timestampReader(column: ResultColumn, options: ReadingOptions): (cell: Value) => Timestamp {
  if (/ ZONE$/.test(column.type) && !/^(?:UTC|GMT|Etc\/UTC|Z)$/i.test(options.timeZone)) {
    throw new ConnectException(
      `Column ${column.name} is of type ${column.type}, which only db.timezone=UTC compares by its instants: it is ${options.timeZone}`,
      {
        hint: 'Set db.timezone=UTC, or read it by a query: CAST(SYS_EXTRACT_UTC(column) AS TIMESTAMP) AS column.',
      },
    )
  }
  return timestampTexts(column, options)
}

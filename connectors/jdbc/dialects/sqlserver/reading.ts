import { ConnectException } from '#bunnect'
import type { ResultColumn, SqlValue } from '../../drivers/connection.ts'
import { timeZone } from '../../time-zone.ts'
import { date, time, timestampText, timestampTexts } from '../reading/dates.ts'
import { timestamp } from '../reading/granularity.ts'
import { decimal, float32, float64, integer, numeric } from '../reading/numbers.ts'
import { bytes, text } from '../reading/texts.ts'
import type { ReadColumn, ReadingDialect, ReadingOptions, Timestamp, Value } from '../reading.ts'

/**
 * Known at the level of statements and of the protocol's bytes: it has met no server.
 * Java: io.confluent.connect.jdbc.dialect.SqlServerDatabaseDialect over com.microsoft.sqlserver.jdbc
 */
export const sqlServerReading: ReadingDialect = {
  column,
  // CURRENT_TIMESTAMP would be a datetime, which may be later than the clock by its rounding.
  currentTimestamp: 'SELECT SYSDATETIME()',
  timestampReader: positions,
  timestampValue: sevenDigits,
  // As the JVM's driver sends it. By itself a text becomes what the column is, which fails for the older types.
  comparable: { column: sql => sql, parameter: sql => `CONVERT(datetime2,${sql})` },
}

function column(column: ResultColumn, options: ReadingOptions): ReadColumn | null {
  switch (column.type) {
    case 'bit':
      return integer(column, 8)
    // From 0 to 255.
    case 'tinyint':
    case 'smallint':
      return integer(column, 16)
    case 'int':
      return integer(column, 32)
    case 'bigint':
      return integer(column, 64)
    case 'real':
      return float32(column)
    case 'float':
      return float64(column)
    // JDBC calls them DECIMAL, to which numeric.mapping does not apply.
    case 'decimal':
    case 'money':
    case 'smallmoney':
      return decimal(column)
    case 'numeric':
      return numeric(column, options)
    case 'char':
    case 'varchar':
    case 'text':
    case 'nchar':
    case 'nvarchar':
    case 'ntext':
    case 'xml':
    case 'uniqueidentifier':
      return text(column)
    case 'binary':
    case 'varbinary':
    case 'image':
    case 'timestamp':
    case 'hierarchyid':
      return bytes(column)
    case 'date':
      return date(column, options)
    case 'time':
      return time(column, options)
    case 'datetime':
    case 'smalldatetime':
    case 'datetime2':
    case 'datetimeoffset':
      return timestamp(column, options, timestampTexts(column, options))
    default:
      return null
  }
}

function positions(column: ResultColumn, options: ReadingOptions): (cell: Value) => Timestamp {
  if (column.type === 'datetime') {
    throw new ConnectException(
      'A DATETIME column is configured for timestamp.column.name with Sql Server. DATETIME is not supported. Use DATETIME2 instead.',
      {
        hint: `Column ${column.name} counts in three hundredths of seconds, which the server compares as more digits than it shows: rows would come again and again.`,
      },
    )
  }
  if (column.type === 'datetimeoffset' && !isUtc(options.timeZone)) {
    throw new ConnectException(
      `Timestamp column ${column.name} is a datetimeoffset, which is compared in UTC: db.timezone=${options.timeZone} would shift it`,
      { hint: 'Set db.timezone=UTC, or use a datetime2 column.' },
    )
  }
  return timestampTexts(column, options)
}

const JANUARY = Date.UTC(2024, 0, 1)
const JULY = Date.UTC(2024, 6, 1)

function isUtc(id: string): boolean {
  const zone = timeZone(id)
  return zone.offsetAt(JANUARY) === 0 && zone.offsetAt(JULY) === 0
}

/** More than a datetime2 has are refused. */
function sevenDigits(zone: string): (timestamp: Timestamp) => SqlValue {
  const write = timestampText(zone, false)
  return timestamp => String(write(timestamp)).replace(/(\.\d{7})\d+$/, '$1')
}

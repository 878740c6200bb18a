import { mod } from '../../calendar.ts'
import type { ResultColumn } from '../../drivers/connection.ts'
import { date, readerOf, time, timestampText, timestampTexts } from '../reading/dates.ts'
import { cannotHold } from '../reading/failure.ts'
import { timestamp } from '../reading/granularity.ts'
import { boolean, float32, float64, integer, numeric } from '../reading/numbers.ts'
import { bytes, text } from '../reading/texts.ts'
import type { ReadColumn, ReadingDialect, ReadingOptions, Timestamp, Value } from '../reading.ts'

/** Java: io.confluent.connect.jdbc.dialect.PostgreSqlDatabaseDialect over org.postgresql */
export const postgresReading: ReadingDialect = {
  column,
  currentTimestamp: 'SELECT CURRENT_TIMESTAMP',
  timestampReader: position,
  // A column without a zone takes no notice of the offset, one with a zone needs it.
  timestampValue: zone => timestampText(zone, true),
}

function column(column: ResultColumn, options: ReadingOptions): ReadColumn | null {
  switch (column.type) {
    case 'bool':
      return boolean(column, cell => cell === 't')
    case 'int2':
      return integer(column, 16)
    case 'int4':
      return integer(column, 32)
    case 'int8':
    case 'oid':
      return integer(column, 64)
    case 'float4':
      return float32(column)
    case 'float8':
      return float64(column)
    case 'money':
      return money(column)
    case 'numeric':
      return numeric(column, options)
    case 'bit':
      return bits(column)
    case 'char':
    case 'bpchar':
    case 'varchar':
    case 'text':
    case 'name':
    case 'enum':
    case 'json':
    case 'jsonb':
    case 'uuid':
    case 'xml':
      return text(column)
    case 'bytea':
      return bytes(column)
    case 'date':
      return finiteDate(column, options)
    case 'time':
    case 'timetz':
      return time(column, options)
    case 'timestamp':
    case 'timestamptz':
      return timestamp(column, options, finite(column, options))
    default:
      return null
  }
}

/** Of a mode's column: dates and texts are read as well, and a number of another type is no timestamp. */
function position(column: ResultColumn, options: ReadingOptions): (cell: Value) => Timestamp {
  const isTimestamp = column.type === 'timestamp' || column.type === 'timestamptz'
  return isTimestamp ? finite(column, options) : timestampTexts(column, options)
}

/** 2000-01-01 in seconds since 1970. */
const EPOCH = 946_684_800
const MICROS = 1_000_000
const INFINITE = 2n ** 63n - 1n

/** Microseconds since 2000, of clocks without a zone or in UTC. */
function finite(column: ResultColumn, options: ReadingOptions): (cell: Value) => Timestamp {
  const reader = readerOf(options)
  const zoned = column.type === 'timestamptz'
  return cell => {
    let seconds: number
    let micros: number
    if (typeof cell === 'number') {
      seconds = Math.floor(cell / MICROS)
      micros = cell - seconds * MICROS
      // Of a large count the quotient is rounded.
      if (micros < 0) {
        seconds--
        micros += MICROS
      }
    } else {
      const count = BigInt(cell as bigint)
      if (count === INFINITE) throw infinite(column, 'infinity')
      if (count === -INFINITE - 1n) throw infinite(column, '-infinity')
      micros = mod(Number(count % BigInt(MICROS)), MICROS)
      seconds = Number((count - BigInt(micros)) / BigInt(MICROS))
    }
    return zoned
      ? reader.instant(seconds + EPOCH, micros * 1000)
      : reader.shown(seconds + EPOCH, micros * 1000)
  }
}

const INFINITE_DATE = /^-?infinity$/

function finiteDate(column: ResultColumn, options: ReadingOptions): ReadColumn {
  const { schema, read } = date(column, options)
  return {
    schema,
    read: cell => {
      if (typeof cell === 'string' && INFINITE_DATE.test(cell)) throw infinite(column, cell)
      return read(cell)
    },
  }
}

function infinite(column: ResultColumn, cell: Value) {
  return cannotHold(
    column,
    cell,
    'no field holds infinity',
    "In a query, NULLIF(column, 'infinity') leaves it out.",
  )
}

/** `$1,234.56`, `-$1.00`, `($1.00)` */
const MONEY = /^-?\(?\$?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\)?$/

/** The server's lc_monetary writes it: what comma and point mean elsewhere is not guessed. */
function money(column: ResultColumn): ReadColumn {
  const { schema, read } = float64(column)
  return {
    schema,
    read: cell => {
      const shown = String(cell)
      if (!MONEY.test(shown)) {
        throw cannotHold(
          column,
          cell,
          'it is not written as $1,234.56 is',
          "In a query, cast it to numeric, or set lc_monetary to C for the connector's user.",
        )
      }
      const digits = shown.replace(/[^\d.]/g, '')
      return read(/^\(|-/.test(shown) ? `-${digits}` : digits)
    },
  }
}

/** One is a boolean, eight are an int8, more are bytes: the digits themselves, as the JVM's driver has them. */
function bits(column: ResultColumn): ReadColumn {
  const count = column.precision ?? 1
  if (count <= 1) return boolean(column, cell => cell === '1')
  if (count > 8) return bytes(column)
  const { schema, read } = integer(column, 8)
  return { schema, read: cell => read(String(Number.parseInt(String(cell), 2))) }
}

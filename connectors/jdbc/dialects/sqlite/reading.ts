import type { ResultColumn, SqlValue } from '../../drivers/connection.ts'
import { timeZone } from '../../time-zone.ts'
import { date, time, timestampTexts } from '../reading/dates.ts'
import { cannotHold } from '../reading/failure.ts'
import { timestamp } from '../reading/granularity.ts'
import { boolean, float64, integer, numeric } from '../reading/numbers.ts'
import { bytes, text } from '../reading/texts.ts'
import type { ReadColumn, ReadingDialect, ReadingOptions, Timestamp, Value } from '../reading.ts'

const DAY_MS = 86_400_000

/** Java: io.confluent.connect.jdbc.dialect.SqliteDatabaseDialect over org.sqlite */
export const sqliteReading: ReadingDialect = {
  column,
  currentTimestamp: "SELECT strftime('%Y-%m-%d %H:%M:%fZ', 'now')",
  timestampReader: positions,
  timestampValue: bothMilliseconds,
  comparable: { column: comparableColumn, parameter: comparableParameter },
  nullabilityByCatalogue: true,
}

function column(column: ResultColumn, options: ReadingOptions): ReadColumn | null {
  const { type } = column
  switch (type) {
    case 'BOOLEAN':
    case 'BOOL':
      return boolean(column, cell => truth(column, cell))
    case 'TINYINT':
      return integer(column, 8)
    case 'SMALLINT':
    case 'INT2':
      return integer(column, 16)
    case 'NUMERIC':
    case 'DECIMAL':
      return numeric(column, options)
    case 'DATE':
      return day(column, options)
    case 'TIME':
      return time(column, options)
    case 'DATETIME':
    case 'TIMESTAMP':
      return timestamp(column, options, timestamps(column, options))
  }
  // What SQLite itself takes a declared type for, in its order. https://sqlite.org/datatype3.html
  if (type.includes('INT')) return integer(column, 64)
  if (/CHAR|CLOB|TEXT|JSON|UUID/.test(type) || type === '') return text(column)
  if (/BLOB|BINARY/.test(type)) return bytes(column)
  if (/REAL|FLOA|DOUB/.test(type)) return float64(column)
  return text(column)
}

/** Text, or a count of milliseconds since 1970, as the JVM's driver writes it. */
function timestamps(column: ResultColumn, options: ReadingOptions): (cell: Value) => Timestamp {
  const texts = timestampTexts(column, options)
  return cell => {
    if (typeof cell === 'string') return texts(cell)
    if (typeof cell !== 'bigint')
      throw cannotHold(column, cell, 'it is neither a text nor a count of milliseconds')
    const millis = Number(cell)
    const seconds = Math.floor(millis / 1000)
    return { seconds, nanos: (millis - seconds * 1000) * 1_000_000 }
  }
}

/** Text, or the milliseconds of its midnight. */
function day(column: ResultColumn, options: ReadingOptions): ReadColumn {
  const { schema, read } = date(column, options)
  return {
    schema,
    read: cell => {
      if (typeof cell !== 'bigint') return read(cell)
      const midnight = new Date(Math.floor(Number(cell) / DAY_MS) * DAY_MS)
      if (Number.isNaN(midnight.getTime())) throw cannotHold(column, cell, 'no Date can be that')
      return midnight
    },
  }
}

/** A number other than 0 is true, as in the JVM; of texts those that SQL knows. */
function truth(column: ResultColumn, cell: Value): boolean {
  if (typeof cell === 'bigint' || typeof cell === 'number') return Number(cell) !== 0
  const text = String(cell).toLowerCase()
  if (text === 'true' || text === 't' || text === '1') return true
  if (text === 'false' || text === 'f' || text === '0') return false
  throw cannotHold(column, cell, 'it is neither 0 or 1 nor true or false')
}

/** As SQL compares them: what is finer than milliseconds is rounded, so that rows of one are of one time. */
function positions(column: ResultColumn, options: ReadingOptions): (cell: Value) => Timestamp {
  const read = timestamps(column, options)
  return cell => rounded(read(cell))
}

/** SQLite never rounds up to the next second, and it rounds a float of the whole minute's seconds. */
function rounded({ seconds, nanos }: Timestamp): Timestamp {
  if (nanos % 1_000_000 === 0) return { seconds, nanos }
  const second = ((seconds % 60) + 60) % 60
  const millis = Math.trunc((second + Math.min(nanos / 1e9, 0.999)) * 1000 + 0.5) - second * 1000
  return { seconds, nanos: millis * 1_000_000 }
}

const WIDTH = 20

/** The milliseconds of the instant and then those that clocks of the zone show: the column tells which counts. */
function bothMilliseconds(zoneId: string): (timestamp: Timestamp) => SqlValue {
  const zone = timeZone(zoneId)
  return timestamp => {
    const { seconds, nanos } = rounded(timestamp)
    const millis = seconds * 1000 + nanos / 1_000_000
    return `${String(millis).padEnd(WIDTH)}${millis + zone.offsetAt(millis)}`
  }
}

/** Texts and counts of milliseconds do not compare with each other. */
function comparableColumn(sql: string): string {
  return `CASE typeof(${sql}) WHEN 'integer' THEN ${sql} ELSE CAST(round(unixepoch(${sql}, 'subsec') * 1000) AS INTEGER) END`
}

/** Counts, and texts with an offset of their own, are instants; every other text is what clocks show. */
function comparableParameter(sql: string, column: string): string {
  const instant = `typeof(${column}) = 'integer' OR ${column} GLOB '*Z' OR ${column} GLOB '*[+-][0-9][0-9]:[0-9][0-9]'`
  return `CAST(substr(${sql}, CASE WHEN ${instant} THEN 1 ELSE ${WIDTH + 1} END, ${WIDTH}) AS INTEGER)`
}

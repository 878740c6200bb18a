import { SqlError } from './sql-error.ts'

/**
 * Errors of the server that may go well when it is tried again: too many connections, shutdown, lock waits and
 * deadlocks, a statement that was interrupted or took too long, a table that was changed behind a transaction's
 * snapshot, a server that only reads until it takes over.
 */
const TRANSIENT = new Set([
  1037, 1038, 1040, 1041, 1053, 1080, 1129, 1152, 1158, 1159, 1160, 1161, 1184, 1189, 1190, 1203, 1205, 1213,
  1218, 1226, 1290, 1297, 1317, 1412, 1614, 1637, 1792, 1836, 1927, 1969, 3024, 4031,
])

/** What `mysql2` threw, in words. Java: com.mysql.cj.jdbc.exceptions.SQLError */
export function mysqlError(error: unknown, what: string): SqlError {
  if (error instanceof SqlError) return error
  const { message, sqlState, errno, code } = error as Error & {
    sqlState?: string
    errno?: number
    code?: string
  }
  if (sqlState !== undefined && errno !== undefined) {
    const text = `${what}: ${message} [SQLSTATE ${sqlState}, error ${errno}]`
    const transient = TRANSIENT.has(errno) || sqlState.startsWith('08')
    return new SqlError(text, { state: sqlState, code: String(errno), transient }, { cause: error })
  }
  // Everything else is the way to the server, or its end.
  return new SqlError(
    `${what}: ${message || code}`,
    { state: '08S01', code: code ?? '', transient: true },
    { cause: error },
  )
}

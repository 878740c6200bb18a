import { SqlError } from './sql-error.ts'

const TRANSIENT = /^SQLITE_(?:BUSY|LOCKED|IOERR|PROTOCOL|SCHEMA)/

/** What `bun:sqlite` threw, in words. Java: org.sqlite.SQLiteException */
export function sqliteError(error: unknown, what: string): SqlError {
  if (error instanceof SqlError) return error
  const { message, code = '' } = error as Error & { code?: string }
  const shown = code ? ` [${code}]` : ''
  return new SqlError(
    `${what}: ${message}${shown}`,
    { state: '', code, transient: TRANSIENT.test(code) },
    { cause: error },
  )
}

import { SqlError } from './sql-error.ts'

/**
 * SQLSTATEs, or their classes, of what may go well when it is tried again: connection, resources, operator, a
 * transaction that another one made fail, a lock, a server that only reads until it takes over.
 */
const TRANSIENT = /^(?:08|53|57(?!P04)|58030|40|55P03|55006|25006|XX000)/

interface ServerError {
  code: string
  severity?: string
  message: string
  detail?: string
  hint?: string
}

/** What `pg` threw, in words; its details hold values. Java: org.postgresql.util.PSQLException */
export function postgresError(error: unknown, what: string, tellsDetails = true): SqlError {
  if (error instanceof SqlError) return error
  const { message } = error as Error
  if (isServerError(error)) {
    const detail = tellsDetails && error.detail ? ` (${error.detail})` : ''
    const text = `${what}: ${error.severity ?? 'ERROR'}: ${message}${detail} [SQLSTATE ${error.code}]`
    const details = { state: error.code, code: error.code, transient: TRANSIENT.test(error.code) }
    return new SqlError(text, details, { cause: tellsDetails ? error : undefined, hint: error.hint })
  }
  // Everything else is the way to the server, or its end.
  const code = String((error as { code?: unknown }).code ?? '')
  return new SqlError(
    `${what}: ${reason(error)}`,
    { state: '08006', code, transient: true },
    { cause: error },
  )
}

function isServerError(error: unknown): error is ServerError & Error {
  const { code, severity } = error as Partial<ServerError>
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && severity !== undefined
}

/** Several addresses of a host fail together, without a word of their own. */
function reason(error: unknown): string {
  const { message, errors } = error as Error & { errors?: Error[] }
  if (message) return message
  return errors?.map(each => each.message).join(', ') || String((error as { code?: unknown }).code ?? error)
}

import { SqlError } from './sql-error.ts'

/**
 * Errors of the server that may go well when it is tried again: deadlocks and lock waits, memory and log that ran out,
 * a database or replica on its way up or down, a server that only reads until it takes over, limits of Azure.
 */
const TRANSIENT = new Set([
  596, 601, 615, 617, 669, 671, 701, 802, 844, 845, 846, 847, 850, 852, 854, 913, 921, 922, 923, 924, 926,
  927, 945, 952, 976, 978, 979, 982, 983, 988, 1105, 1203, 1204, 1205, 1221, 1222, 3635, 3906, 3908, 3935,
  3960, 3966, 4060, 4221, 5030, 5034, 5231, 5280, 6005, 8628, 8645, 8651, 9002, 9515, 10053, 10054, 10060,
  10928, 10929, 10936, 12316, 13535, 13536, 14355, 14868, 16554, 17142, 17197, 17830, 17889, 18401, 19494,
  20041, 22380, 30053, 35206, 35216, 35225, 35279, 35293, 39020, 40020, 40143, 40166, 40189, 40197, 40501,
  40530, 40540, 40544, 40545, 40549, 40550, 40551, 40552, 40553, 40613, 40642, 40671, 40801, 40903, 41301,
  41302, 41305, 41325, 41640, 41642, 41649, 41668, 41700, 41701, 41823, 41839, 41840, 42108, 42109, 45161,
  45319, 49510, 49918, 49919, 49920, 49977, 49983,
])
/** SQLSTATEs of error numbers: those of the JVM's driver where it has one of its own, else those of the standard. */
const STATES: Readonly<Record<number, string>> = {
  102: '42000',
  156: '42000',
  206: '42804',
  207: '42S22',
  208: '42S02',
  220: '22003',
  229: '42501',
  230: '42501',
  232: '22003',
  235: '22018',
  236: '22003',
  241: '22007',
  242: '22007',
  244: '22003',
  245: '22018',
  248: '22003',
  257: '42804',
  262: '42501',
  293: '22018',
  294: '22003',
  295: '22007',
  296: '22007',
  300: '42501',
  515: '23502',
  916: '42501',
  1205: '40001',
  1222: 'HYT00',
  2601: '23505',
  2627: '23505',
  2628: '22001',
  2714: '42S01',
  2705: '42S21',
  3960: '40001',
  4060: '08001',
  8114: '22018',
  8115: '22003',
  8134: '22012',
  8152: '22001',
  8169: '22018',
  // A MERGE that would touch a row twice.
  8672: '21000',
  18456: '28000',
  40613: '08001',
}

const CONSTRAINT = 547

export interface ServerError {
  readonly message: string
  readonly number: number
}

/**
 * What `tedious` threw, in words; `told`: what the server has said, where that is not in the error.
 * Java: com.microsoft.sqlserver.jdbc.SQLServerException
 */
export function sqlServerError(
  error: unknown,
  what: string,
  told: readonly ServerError[] = serverErrors(error),
): SqlError {
  if (error instanceof SqlError) return error
  const first = told[0]
  if (first !== undefined) {
    const { number } = first
    const state = stateOf(first)
    const text = [...new Set(told.map(({ message }) => message))].join(' ')
    return new SqlError(
      `${what}: ${text} [SQLSTATE ${state}, error ${number}]`,
      { state, code: String(number), transient: TRANSIENT.has(number) },
      { cause: error },
    )
  }
  // Everything else is the way to the server, or its end.
  const { message, code, cause } = error as Error & { code?: string }
  return new SqlError(
    `${what}: ${reason(message || String(code), cause)}`,
    { state: OWN_STATES[code ?? ''] ?? '08S01', code: code ?? '', transient: code !== 'EPARAM' },
    { cause: error },
  )
}

function reason(message: string, cause: unknown): string {
  // Of several addresses that were tried, its message says only that they were.
  if (cause instanceof AggregateError) return cause.errors.map(({ message }) => message).join('; ')
  return cause instanceof Error && !message.includes(cause.message) ? `${message}: ${cause.message}` : message
}

/** Of what the client says itself: a value that it cannot send, a statement that takes too long. */
const OWN_STATES: Readonly<Record<string, string>> = { EPARAM: '22018', ETIMEOUT: 'HYT00' }

/** Of several errors of a statement the first says what was wrong, the others what followed. */
function serverErrors(error: unknown): ServerError[] {
  const { errors } = error as { errors?: unknown[] }
  const all = Array.isArray(errors) ? errors : [error]
  return all.filter((each): each is ServerError => typeof (each as { number?: unknown }).number === 'number')
}

function stateOf({ number, message }: ServerError): string {
  if (number === CONSTRAINT) return /FOREIGN KEY|REFERENCE/i.test(message) ? '23503' : '23514'
  return STATES[number] ?? 'S0001'
}

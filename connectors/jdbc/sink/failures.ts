/** What can go wrong with a write, and what becomes of it. */
import { ConnectException, type SinkRecord } from '#bunnect'
import { SqlError } from '../drivers/sql-error.ts'

/** No session is to be had, or it was lost: no record is to blame. */
export class NoConnection extends ConnectException {
  constructor(
    message: string,
    readonly transient: boolean,
    options: { cause?: unknown; hint?: string } = {},
  ) {
    super(message, options)
  }
}

/** What keys and tables say, not records: none is to blame, and none would go well alone. */
export class ImpossibleWrite extends ConnectException {}

/** A record that no row can be made of. */
export class UnwritableRecord extends ConnectException {
  constructor(
    readonly record: SinkRecord,
    message: string,
    options: { cause?: unknown; hint?: string } = {},
  ) {
    super(message, options)
  }
}

/** `record of topic orders, partition 0, offset 17` */
export function placeOf({ topic, kafkaPartition, kafkaOffset }: SinkRecord): string {
  return `record of topic ${topic}, partition ${kafkaPartition}, offset ${kafkaOffset}`
}

/** True where the same write may go well later, unless it is tried with other records. */
export function mayPass(error: unknown): boolean {
  if (error instanceof NoConnection) return error.transient
  if (!(error instanceof SqlError)) return false
  return error.transient || !isForGood(error)
}

/** Values that the columns refuse today as tomorrow; a row that another one refers to may come yet. */
function isForGood({ state, code }: SqlError): boolean {
  if (FOREIGN_KEY.has(state) || FOREIGN_KEY.has(code)) return false
  if (/^(?:21|22|23)/.test(state)) return true
  return /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(code) || MYSQL_VALUES.has(code)
}

const FOREIGN_KEY: ReadonlySet<string> = new Set(['23503', '1452', '1216', 'SQLITE_CONSTRAINT_FOREIGNKEY'])
/** Of no SQLSTATE of their own: incorrect value, truncated, no default. */
const MYSQL_VALUES: ReadonlySet<string> = new Set(['1366', '1265', '1364', '1292', '1264', '1406'])

/**
 * One statement would touch a row twice: keys can be equal to a database whose texts are not. SQL Server finds that two
 * rows of an upsert are to be inserted with one key.
 */
export function repeatsRow(error: unknown, upserts: boolean): boolean {
  if (!(error instanceof SqlError)) return false
  return error.state === '21000' || (upserts && (error.code === '2627' || error.code === '2601'))
}

/** True where tables may look otherwise than they did. */
export function concernsTables(error: unknown): boolean {
  if (!(error instanceof SqlError)) return false
  return !/^(?:08|22|23|40|57)/.test(error.state) && !error.code.startsWith('SQLITE_CONSTRAINT')
}

/** What a person can do about it. */
export function hintFor({ state, code, hint }: SqlError): string | undefined {
  for (const [codes, text] of HINTS) if (codes.includes(state) || codes.includes(code)) return text
  return hint
}

const HINTS: readonly (readonly [codes: readonly string[], hint: string])[] = [
  [['22001', '1406'], 'Make the column longer, or shorten the value before it comes here.'],
  [['22003', '1264'], 'Give the column a type with a larger range.'],
  [
    ['23505', '1062', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_UNIQUE'],
    'insert.mode=upsert replaces the row; with insert.mode=insert a record that comes a second time is refused.',
  ],
  [
    ['23502', '1048', '1364', 'SQLITE_CONSTRAINT_NOTNULL'],
    'Give the column a default, let it be null, or give the field a value.',
  ],
  [
    ['23503', '1452', '1216', 'SQLITE_CONSTRAINT_FOREIGNKEY'],
    'The row that it refers to is missing: is its topic behind?',
  ],
  [['42P10'], 'Upserts need a primary key or a unique constraint on exactly the columns of pk.fields.'],
  [['42501', '1142', '1044'], 'Give connection.user the right to do that.'],
  [
    ['42804', '22P02', '22007', '22018', '1366', '1292'],
    'The types of field and column do not fit: cast the field, or change the column.',
  ],
]

/** The error of a database without what it says of values (trim.sensitive.log). */
export function trimmed(error: SqlError): SqlError {
  const { state, code, transient } = error
  return new SqlError(
    `The database refused [SQLSTATE ${state || '-'}, error ${code || '-'}]; its words are left out (trim.sensitive.log)`,
    { state, code, transient },
  )
}

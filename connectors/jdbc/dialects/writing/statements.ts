/** Statements that most databases have in one form. Java: the build…Statement methods of GenericDatabaseDialect */
import { type BigDecimal, DATE_NAME, DECIMAL_NAME, TIME_NAME, TIMESTAMP_NAME } from '#bunnect'
import type { SqlValue } from '../../drivers/connection.ts'
import type { SinkField, WriteTarget, WritingDialect, WritingOptions } from '../writing.ts'
import { noColumnFor } from './values.ts'

/** `(?,?),(?,?)`, of the marks of one row. */
export function rowsOf(marks: readonly string[], rows: number): string {
  return Array(rows)
    .fill(`(${marks.join(',')})`)
    .join(',')
}

function plainMarks(names: readonly string[]): string[] {
  return names.map(() => '?')
}

export function namesOf({ keys, columns }: WriteTarget): string[] {
  return [...keys, ...columns]
}

/** `INSERT INTO t (k,c) VALUES (?,?),(?,?)`; `marks`: the parameters of a row. */
export function insertInto(
  target: WriteTarget,
  rows: number,
  verb = 'INSERT INTO',
  marks: readonly string[] = plainMarks(namesOf(target)),
): string {
  return `${verb} ${target.table} (${namesOf(target).join(',')}) VALUES ${rowsOf(marks, rows)}`
}

/** `marks`: the keys' parameters, as they are compared; `assignedMarks`: those of the columns. */
export function update(
  { table, keys, columns }: WriteTarget,
  marks: readonly string[] = plainMarks(keys),
  assignedMarks: readonly string[] = plainMarks(columns),
): string {
  const assigned = columns.map((column, i) => `${column} = ${assignedMarks[i]}`).join(', ')
  return `UPDATE ${table} SET ${assigned}${where(keys, marks)}`
}

function where(keys: readonly string[], marks: readonly string[]): string {
  return keys.length === 0 ? '' : ` WHERE ${keys.map((name, i) => `${name} = ${marks[i]}`).join(' AND ')}`
}

/** `DELETE FROM t WHERE k IN (?,?)`; several keys as rows, `((?,?),(?,?))`, which begin with `verb`. `marks` as in `update`. */
export function deleteFrom(
  { table, keys }: WriteTarget,
  rows: number,
  { marks = plainMarks(keys), verb = '' }: { marks?: readonly string[]; verb?: string } = {},
): string {
  if (rows === 1) return `DELETE FROM ${table}${where(keys, marks)}`
  const one = marks.join(',')
  if (keys.length === 1)
    return `DELETE FROM ${table} WHERE ${keys[0]} IN (${Array(rows).fill(one).join(',')})`
  return `DELETE FROM ${table} WHERE (${keys.join(',')}) IN (${verb}${Array(rows).fill(`(${one})`).join(',')})`
}

/** `DELETE FROM t WHERE (k = ? AND l = ?) OR (k = ? AND l = ?)`, for databases without rows of values. */
export function deleteByAlternatives(
  target: WriteTarget,
  rows: number,
  marks: readonly string[] = plainMarks(target.keys),
): string {
  const { table, keys } = target
  if (rows === 1 || keys.length === 1) return deleteFrom(target, rows, { marks })
  const one = `(${keys.map((name, i) => `${name} = ${marks[i]}`).join(' AND ')})`
  return `DELETE FROM ${table} WHERE ${Array(rows).fill(one).join(' OR ')}`
}

export function createTable(table: string, columns: readonly string[], keys: readonly string[]): string {
  const lines = keys.length === 0 ? columns : [...columns, `PRIMARY KEY(${keys.join(',')})`]
  return `CREATE TABLE ${table} (\n${lines.join(',\n')})`
}

/** `ALTER TABLE t ADD a INT NULL`, one statement for all columns. */
export function addColumns(table: string, columns: readonly string[]): string[] {
  const separator = columns.length > 1 ? '\n' : ''
  return [`ALTER TABLE ${table} ${columns.map(column => `${separator}ADD ${column}`).join(',')}`]
}

/** `"name" TYPE DEFAULT 1`, ` NULL` or ` NOT NULL`. Java: GenericDatabaseDialect.writeColumnSpec */
export function columnText(
  name: string,
  field: SinkField,
  dialect: Pick<WritingDialect, 'columnType' | 'literal'>,
  options: WritingOptions,
): string {
  const { defaultValue, optional } = field.schema
  const type = dialect.columnType(field, options)
  if (defaultValue !== null) return `${name} ${type} DEFAULT ${dialect.literal(field, defaultValue, options)}`
  return `${name} ${type}${optional ? ' NULL' : ' NOT NULL'}`
}

/** What of a literal differs from database to database. */
export interface LiteralForms {
  flag(value: boolean): string
  bytes(value: Uint8Array): string
  quoted?(value: string): string
  /** Refuses by default. */
  array?(field: SinkField, value: readonly unknown[]): string
}

/** Java: GenericDatabaseDialect.formatColumnValue. `encoded` is the default as a parameter. */
export function literalOf(field: SinkField, value: unknown, encoded: SqlValue, forms: LiteralForms): string {
  const { schema } = field
  const quote = forms.quoted ?? quoted
  if (schema.name === DECIMAL_NAME) return (value as BigDecimal).toPlainString()
  const isTemporal = [DATE_NAME, TIME_NAME, TIMESTAMP_NAME].includes(schema.name ?? '') || field.timestamp
  if (!isTemporal) {
    if (schema.type === 'BOOLEAN') return forms.flag(value as boolean)
    if (schema.type === 'BYTES') return forms.bytes(value as Uint8Array)
    if (schema.type === 'ARRAY') {
      if (forms.array === undefined) throw noColumnFor(field)
      return forms.array(field, value as readonly unknown[])
    }
  }
  return typeof encoded === 'string' ? quote(encoded) : String(encoded)
}

/** `'it''s'` */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

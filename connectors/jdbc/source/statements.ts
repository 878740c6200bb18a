/** The queries of a source. Java: TimestampIncrementingCriteria, BulkTableQuerier */
import type { Dialect, TableId } from '../dialects/dialect.ts'
import type { SourceSettings } from './settings.ts'

export interface Criteria {
  /** As the database knows it. */
  readonly incrementing: string | null
  readonly timestamps: readonly string[]
}

export type Parameter = 'begin' | 'end' | 'incrementing'

export interface Statement {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

export function statement(source: TableId | string, criteria: Criteria, settings: SourceSettings): Statement {
  const { sql, parameters } = condition(criteria, settings)
  const what = typeof source === 'string' ? source : `SELECT * FROM ${tableText(source, settings)}`
  const suffix = settings.suffix === '' ? '' : ` ${settings.suffix}`
  return { sql: what + sql + suffix, parameters }
}

function tableText(
  table: TableId,
  settings: Pick<SourceSettings, 'dialect' | 'quotes' | 'qualified'>,
): string {
  const parts = settings.qualified ? settings.dialect.nameParts(table) : [table.name]
  return parts.map(part => columnText(part, settings)).join('.')
}

function columnText(name: string, { dialect, quotes }: { dialect: Dialect; quotes: boolean }): string {
  return quotes ? dialect.quoted(name) : name
}

function condition(criteria: Criteria, settings: SourceSettings): Statement {
  const { comparable } = settings.dialect.reading
  const incrementing = criteria.incrementing === null ? null : columnText(criteria.incrementing, settings)
  const columns = criteria.timestamps.map(name => columnText(name, settings))
  const first = columns.length === 1 ? columns[0]! : `COALESCE(${columns.join(',')})`
  const timestamp = comparable?.column(first) ?? first
  const value = comparable?.parameter('?', first) ?? '?'
  if (columns.length > 0 && incrementing !== null) {
    return {
      sql: ` WHERE ${timestamp} < ${value} AND ((${timestamp} = ${value} AND ${incrementing} > ?) OR ${timestamp} > ${value}) ORDER BY ${timestamp},${incrementing} ASC`,
      parameters: ['end', 'begin', 'incrementing', 'begin'],
    }
  }
  if (columns.length > 0) {
    return {
      sql: ` WHERE ${timestamp} > ${value} AND ${timestamp} < ${value} ORDER BY ${timestamp} ASC`,
      parameters: ['begin', 'end'],
    }
  }
  if (incrementing !== null) {
    return { sql: ` WHERE ${incrementing} > ? ORDER BY ${incrementing} ASC`, parameters: ['incrementing'] }
  }
  return { sql: '', parameters: [] }
}

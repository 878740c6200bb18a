import { DataException } from '#bunnect'
import type { ResultColumn } from '../../drivers/connection.ts'

const MOST_SHOWN = 60

/** A value that the column's field cannot hold. */
export function cannotHold(column: ResultColumn, value: unknown, why: string, hint?: string): DataException {
  const text = String(value)
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
  return new DataException(`Column ${column.name} (${column.type}) holds ${shown}: ${why}`, { hint })
}

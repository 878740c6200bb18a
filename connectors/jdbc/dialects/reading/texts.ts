import {
  BYTES_SCHEMA,
  DataException,
  OPTIONAL_BYTES_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  STRING_SCHEMA,
} from '#bunnect'
import type { ResultColumn } from '../../drivers/connection.ts'
import type { ReadColumn, Value } from '../reading.ts'
import { isOptional } from './numbers.ts'

export function text(column: ResultColumn, read: (cell: Value) => string = asText): ReadColumn {
  return { schema: isOptional(column) ? OPTIONAL_STRING_SCHEMA : STRING_SCHEMA, read }
}

export function bytes(column: ResultColumn, read: (cell: Value) => Uint8Array = asBytes): ReadColumn {
  return { schema: isOptional(column) ? OPTIONAL_BYTES_SCHEMA : BYTES_SCHEMA, read }
}

const strict = new TextDecoder('utf-8', { fatal: true })

function asText(cell: Value): string {
  if (typeof cell === 'string') return cell
  if (!(cell instanceof Uint8Array)) return String(cell)
  try {
    return strict.decode(cell)
  } catch (error) {
    throw new DataException('The bytes of a text are no UTF-8', { cause: error })
  }
}

export function asBytes(cell: Value): Uint8Array {
  return cell instanceof Uint8Array ? cell : Buffer.from(String(cell))
}

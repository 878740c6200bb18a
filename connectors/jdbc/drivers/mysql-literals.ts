import { DataException } from '#bunnect'
import type { SqlValue } from './connection.ts'

/**
 * A parameter in the text of a statement, as the JVM's drivers put it there. `backslashes`: the server takes a
 * backslash in a string for an escape (sql_mode has no NO_BACKSLASH_ESCAPES).
 */
export function literal(value: SqlValue, backslashes: boolean): string {
  switch (typeof value) {
    case 'string':
      return stringLiteral(value, backslashes)
    case 'bigint':
      return value.toString()
    case 'number':
      return numberLiteral(value)
    case 'boolean':
      return value ? '1' : '0'
    default:
      if (value === null) return 'NULL'
      return value.length === 0
        ? "''"
        : `x'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}'`
  }
}

function stringLiteral(text: string, backslashes: boolean): string {
  const plain = backslashes ? !/['\\\0]/.test(text) : !text.includes("'")
  if (plain) return `'${text}'`
  const doubled = text.replaceAll("'", "''")
  return `'${backslashes ? doubled.replaceAll('\\', '\\\\').replaceAll('\0', '\\0') : doubled}'`
}

/** With an exponent it is a DOUBLE, without one a DECIMAL. */
function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new DataException(`MySQL has no number ${value}`)
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value.toString()
  const text = Object.is(value, -0) ? '-0' : value.toString()
  return text.includes('e') ? text : `${text}e0`
}

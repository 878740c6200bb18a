import type { Request } from 'tedious'
import { TYPES } from 'tedious'
import type { SqlValue } from './connection.ts'

const MOST_LETTERS = 4000
const MOST_BYTES = 8000

/** The client's own makes text of it and a number again, in which the sign of a zero goes. */
const FLOAT = { ...TYPES.Float, validate: (value: unknown) => value }

/**
 * Puts a parameter in by its value. Lengths are those of the type, not of the value: otherwise each statement would
 * have a plan of its own in the server. Java: com.microsoft.sqlserver.jdbc.Parameter
 */
export function addParameter(request: Request, name: string, value: SqlValue): void {
  switch (typeof value) {
    case 'string':
      request.addParameter(name, TYPES.NVarChar, value, {
        length: value.length <= MOST_LETTERS ? MOST_LETTERS : Number.POSITIVE_INFINITY,
      })
      return
    case 'boolean':
      request.addParameter(name, TYPES.Bit, value)
      return
    case 'bigint':
      request.addParameter(name, TYPES.BigInt, value)
      return
    case 'number':
      request.addParameter(name, isWhole(value) ? TYPES.BigInt : FLOAT, value)
      return
    default:
      if (value === null) {
        // Becomes null of every type but binary ones, which statements convert to.
        request.addParameter(name, TYPES.NVarChar, null, { length: MOST_LETTERS })
        return
      }
      request.addParameter(
        name,
        TYPES.VarBinary,
        Buffer.from(value.buffer, value.byteOffset, value.byteLength),
        {
          length: value.length <= MOST_BYTES ? MOST_BYTES : Number.POSITIVE_INFINITY,
        },
      )
  }
}

/** A negative zero is a float. */
function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}

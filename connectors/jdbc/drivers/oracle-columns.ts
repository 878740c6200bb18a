import type { Cell, ResultColumn } from './connection.ts'
import type { ColumnMetadata, DbType, OracleClient } from './oracledb.ts'

/** Scale of a NUMBER that was declared without one, and of a FLOAT. Java: NUMERIC_TYPE_SCALE_UNSET */
export const NO_SCALE = -127

/** What of the settings decides about types. */
export interface OracleTypes {
  readonly floatsAreDoubles: boolean
  readonly datesAreDays: boolean
}

const BINARY = /^BINARY_(?:FLOAT|DOUBLE)$/

/** Names are those of the catalogue; DAY is a DATE without its time. Java: oracle.jdbc.driver.OracleResultSetMetaData */
export function columnOf(column: ColumnMetadata, types: OracleTypes): ResultColumn {
  const { name, nullable, precision = 0, scale = null } = column
  let type = column.dbTypeName
  const isFloat = type === 'NUMBER' && scale === NO_SCALE && precision > 0
  if (types.floatsAreDoubles && (isFloat || BINARY.test(type))) type = 'FLOAT'
  if (types.datesAreDays && type === 'DATE') type = 'DAY'
  const isNumber = type === 'NUMBER'
  return {
    name,
    type,
    nullable,
    precision: isNumber && precision > 0 ? precision : null,
    scale: isNumber ? (scale ?? 0) : null,
    unsigned: false,
  }
}

/** Numbers as the text that they are, large objects with their row rather than by a call of their own. */
export function fetchTypes(client: OracleClient): (column: ColumnMetadata) => { type: DbType } | undefined {
  const types: Readonly<Record<string, DbType>> = {
    NUMBER: client.DB_TYPE_VARCHAR,
    CLOB: client.DB_TYPE_VARCHAR,
    NCLOB: client.DB_TYPE_NVARCHAR,
    BLOB: client.DB_TYPE_RAW,
    JSON: client.DB_TYPE_VARCHAR,
  }
  return ({ dbTypeName }) => {
    const type = types[dbTypeName]
    return type && { type }
  }
}

/** Kinds of values that no field can hold, whose columns are left out: objects of the client. */
const LEFT_OUT = /^(?:INTERVAL |BFILE|VECTOR|OBJECT|CURSOR)/

/** @throws Error for what the client must not hand on: a Date would have lost a part of it */
export function cellReader({ type, name }: ResultColumn): (value: unknown) => Cell {
  if (LEFT_OUT.test(type)) return () => null
  return value => {
    if (value === null || value === undefined) return null
    switch (typeof value) {
      case 'string':
        return value
      case 'number':
        return Number.isNaN(value) ? 'NaN' : value
      case 'boolean':
        return String(value)
      default:
        if (value instanceof Uint8Array) return value
        throw new Error(
          `Column ${name} of type ${type} has come as a ${Object.prototype.toString.call(value)}`,
        )
    }
  }
}

/** Values of any length. */
export function isLarge({ type }: ResultColumn): boolean {
  return /LOB$|^LONG|^XMLTYPE$|^JSON$/.test(type)
}

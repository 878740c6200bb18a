import type { ResultColumn } from './connection.ts'

/** What `mysql2` has of a column of a result. */
export interface FieldPacket {
  readonly name: string
  readonly columnType: number
  readonly flags: number
  readonly columnLength: number
  readonly decimals: number
  readonly characterSet: number
  readonly encoding: string
  readonly extendedTypeName?: string
  readonly extendedFormat?: string
}

const NOT_NULL = 1
const UNSIGNED = 32
const ENUM = 256
const SET = 2048
const BINARY_CHARSET = 63

const NAMES: Readonly<Record<number, string>> = {
  0: 'DECIMAL',
  1: 'TINYINT',
  2: 'SMALLINT',
  3: 'INT',
  4: 'FLOAT',
  5: 'DOUBLE',
  6: 'NULL',
  7: 'TIMESTAMP',
  8: 'BIGINT',
  9: 'MEDIUMINT',
  10: 'DATE',
  11: 'TIME',
  12: 'DATETIME',
  13: 'YEAR',
  14: 'DATE',
  15: 'VARCHAR',
  16: 'BIT',
  242: 'VECTOR',
  245: 'JSON',
  246: 'DECIMAL',
  247: 'ENUM',
  248: 'SET',
  255: 'GEOMETRY',
}

/** What the drivers' properties make of types: transformedBitIsBoolean and yearIsDateType. */
export interface ColumnTypes {
  readonly tinyInt1IsBoolean: boolean
  readonly yearIsDate: boolean
}

/** Names are those of information_schema. Java: com.mysql.cj.result.Field, MysqlType */
export function columnOf(field: FieldPacket, types: ColumnTypes): ResultColumn {
  const type = typeOf(field)
  const { name, flags } = field
  const nullable = (flags & NOT_NULL) === 0
  const plain = { name, nullable, precision: null, scale: null, unsigned: false }
  if (types.tinyInt1IsBoolean && type === 'TINYINT' && field.columnLength === 1) {
    return { ...plain, type: 'BOOLEAN' }
  }
  if (!types.yearIsDate && type === 'YEAR') return { ...plain, type: 'SMALLINT' }
  return {
    name,
    type,
    nullable,
    precision: precisionOf(field, type),
    scale: type === 'DECIMAL' || /^(?:TIME|DATETIME|TIMESTAMP)$/.test(type) ? field.decimals : null,
    unsigned: (flags & UNSIGNED) !== 0,
  }
}

/** zeroDateTimeBehavior */
export type ZeroDates = 'EXCEPTION' | 'CONVERT_TO_NULL' | 'ROUND'
export type CellKind = 'text' | 'json' | 'date' | 'bytes'

/** How a cell of it is read: text in its own encoding, bytes of blobs, binary strings, bits. */
export function cellKind(field: FieldPacket): CellKind {
  const { columnType, characterSet } = field
  if (columnType === 16 || columnType === 255 || columnType === 242) return 'bytes'
  // The server calls its character set binary.
  if (columnType === 245) return 'json'
  if (columnType === 7 || columnType === 10 || columnType === 12 || columnType === 14) return 'date'
  const text = columnType === 15 || (columnType >= 249 && columnType <= 254)
  return text && characterSet === BINARY_CHARSET ? 'bytes' : 'text'
}

function typeOf(field: FieldPacket): string {
  const { columnType, flags, extendedTypeName, extendedFormat } = field
  if (extendedFormat === 'json') return 'JSON'
  if (extendedTypeName) return extendedTypeName.toUpperCase()
  if (flags & ENUM) return 'ENUM'
  if (flags & SET) return 'SET'
  const binary = field.characterSet === BINARY_CHARSET
  switch (columnType) {
    case 249:
    case 250:
    case 251:
    case 252:
      return binary ? 'BLOB' : 'TEXT'
    case 253:
      return binary ? 'VARBINARY' : 'VARCHAR'
    case 254:
      return binary ? 'BINARY' : 'CHAR'
    default:
      return NAMES[columnType] ?? `type ${columnType}`
  }
}

function precisionOf(field: FieldPacket, type: string): number | null {
  if (type === 'DECIMAL') {
    // The length counts the sign and the point.
    const sign = (field.flags & UNSIGNED) === 0 ? 1 : 0
    return field.columnLength - sign - (field.decimals > 0 ? 1 : 0)
  }
  if (type === 'BIT' || type === 'TINYINT' || type === 'YEAR') return field.columnLength
  return null
}

import type { ColumnMetadata } from 'tedious/lib/token/colmetadata-token-parser'
import type { ResultColumn } from './connection.ts'

const NULLABLE = 0x0001
const NULLABLE_UNKNOWN = 0x8000
/** The user type of a rowversion, which is binary(8) otherwise. */
const ROWVERSION = 0x50
const MAX = 0xffff

/** Of whole numbers, floats, money and datetimes that may be null, by their length. */
const BY_LENGTH: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  IntN: { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' },
  FloatN: { 4: 'real', 8: 'float' },
  MoneyN: { 4: 'smallmoney', 8: 'money' },
  DateTimeN: { 4: 'smalldatetime', 8: 'datetime' },
}

const NAMES: Readonly<Record<string, string>> = {
  BitN: 'bit',
  DecimalN: 'decimal',
  NumericN: 'numeric',
  Variant: 'sql_variant',
}

const PRECISIONS: Readonly<Record<string, number>> = { money: 19, smallmoney: 10 }

/** Names are those of sys.types. Java: com.microsoft.sqlserver.jdbc.TypeInfo, SSType */
export function columnOf(metadata: ColumnMetadata): ResultColumn {
  const type = typeOf(metadata)
  const { flags, scale, precision } = metadata
  const isMoney = type === 'money' || type === 'smallmoney'
  return {
    name: metadata.colName,
    type,
    nullable: flags & NULLABLE_UNKNOWN ? null : (flags & NULLABLE) !== 0,
    precision: precision ?? PRECISIONS[type] ?? lengthOf(metadata, type),
    scale: isMoney ? 4 : (scale ?? null),
    unsigned: type === 'tinyint',
  }
}

function typeOf({ type, dataLength, userType, udtInfo }: ColumnMetadata): string {
  const { name } = type
  if (name === 'UDT') return udtInfo?.typeName.toLowerCase() ?? 'udt'
  if (name === 'Binary' && userType === ROWVERSION) return 'timestamp'
  return BY_LENGTH[name]?.[dataLength ?? 0] ?? NAMES[name] ?? name.toLowerCase()
}

/** Of letters in letters, of bytes in bytes; none of what has no end. */
function lengthOf({ dataLength }: ColumnMetadata, type: string): number | null {
  if (dataLength === undefined || dataLength === MAX) return null
  if (type === 'nvarchar' || type === 'nchar') return dataLength / 2
  return /^(?:var)?(?:char|binary)$|^timestamp$/.test(type) ? dataLength : null
}

import { isWhole } from './json.ts'
import { type AvroType, textProperty } from './types.ts'

const UNDERLYING: Readonly<Record<string, string>> = {
  date: 'int',
  'time-millis': 'int',
  'time-micros': 'long',
  'timestamp-millis': 'long',
  'timestamp-micros': 'long',
  'timestamp-nanos': 'long',
  'local-timestamp-millis': 'long',
  'local-timestamp-micros': 'long',
  'local-timestamp-nanos': 'long',
  'big-decimal': 'bytes',
}

/** The logical type where Avro knows it and it suits the type it stands on, else null. Java: LogicalTypes.fromSchema */
export function logicalTypeOf(type: AvroType): string | null {
  const name = textProperty(type, 'logicalType')
  switch (name) {
    case null:
      return null
    case 'decimal':
      return isDecimal(type) ? name : null
    case 'uuid':
      return type.type === 'string' || (type.type === 'fixed' && type.size === 16) ? name : null
    default:
      return UNDERLYING[name] === type.type ? name : null
  }
}

function isDecimal(type: AvroType): boolean {
  const precision = type.props.get('precision')
  const scale = type.props.get('scale') ?? 0
  if (!isWhole(precision) || !isWhole(scale) || precision <= 0 || scale < 0 || scale > precision) return false
  if (type.type === 'bytes') return true
  return type.type === 'fixed' && precision <= Math.floor(Math.log10(2) * (8 * type.size - 1))
}

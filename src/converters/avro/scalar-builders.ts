/** Connect schemas of numbers and bytes, by what the Avro type says of them. Java: AvroData.toConnectSchema */
import { decimalBuilder } from '../../data/decimal.ts'
import { DataException } from '../../data/errors.ts'
import { dateBuilder, timeBuilder, timestampBuilder } from '../../data/logical.ts'
import { SchemaBuilder } from '../../data/schema-builder.ts'
import { isNumber } from '../../formats/avro/json.ts'
import { type AvroType, textProperty } from '../../formats/avro/types.ts'
import * as names from './names.ts'

function isLogical(type: AvroType, name: string): boolean {
  return textProperty(type, names.LOGICAL_TYPE)?.toLowerCase() === name
}

export function bytesBuilder(type: AvroType): SchemaBuilder {
  const builder = isLogical(type, 'decimal') ? decimals(type) : SchemaBuilder.bytes()
  if (type.type === 'fixed') builder.parameter(names.FIXED_SIZE, String(type.size))
  return builder
}

function decimals(type: AvroType): SchemaBuilder {
  const scale = type.props.get('scale')
  const builder = decimalBuilder(isNumber(scale) ? Math.trunc(Number(scale)) : 0)
  const precision = type.props.get('precision')
  if (precision === undefined) return builder
  if (!isNumber(precision)) {
    throw new DataException(
      'precision property must be a JSON Integer. https://avro.apache.org/docs/1.9.1/spec.html#Decimal',
    )
  }
  const digits = Math.trunc(Number(precision))
  return digits === names.DEFAULT_PRECISION
    ? builder
    : builder.parameter(names.DECIMAL_PRECISION, String(digits))
}

export function longBuilder(type: AvroType): SchemaBuilder {
  return isLogical(type, 'timestamp-millis') ? timestampBuilder() : SchemaBuilder.int64()
}

export function intBuilder(type: AvroType): SchemaBuilder {
  if (textProperty(type, names.LOGICAL_TYPE) !== null) {
    if (isLogical(type, 'date')) return dateBuilder()
    return isLogical(type, 'time-millis') ? timeBuilder() : SchemaBuilder.int32()
  }
  switch (textProperty(type, names.CONNECT_TYPE)) {
    case null:
      return SchemaBuilder.int32()
    case 'int8':
      return SchemaBuilder.int8()
    case 'int16':
      return SchemaBuilder.int16()
    default:
      throw new DataException('Connect type annotation for Avro int field is null')
  }
}

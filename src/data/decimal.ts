/** Connect's Decimal type: BYTES with a fixed scale. Java: org.apache.kafka.connect.data.Decimal */
import { BigDecimal, bigIntFromBytes, bigIntToBytes } from './big-decimal.ts'
import { DataException } from './errors.ts'
import { NullPointerException } from './java-errors.ts'
import { DECIMAL_NAME } from './logical-names.ts'
import type { Schema } from './schema.ts'
import { SchemaBuilder } from './schema-builder.ts'

const SCALE_PARAMETER = 'scale'

/** A builder for decimals of that scale. */
export function decimalBuilder(scale: number): SchemaBuilder {
  return SchemaBuilder.bytes().name(DECIMAL_NAME).parameter(SCALE_PARAMETER, String(scale)).version(1)
}

export function decimalSchema(scale: number): Schema {
  return decimalBuilder(scale).build()
}

function scaleOf(schema: Schema): number {
  if (schema.parameters === null) {
    throw new NullPointerException(
      'Cannot invoke "java.util.Map.get(Object)" because the return value of "org.apache.kafka.connect.data.Schema.parameters()" is null',
    )
  }
  const scale = schema.parameters.get(SCALE_PARAMETER)
  if (scale === undefined) throw new DataException('Invalid Decimal schema: scale parameter not found.')
  if (!/^[+-]?[0-9]+$/.test(scale) || Math.abs(Number(scale)) > 0x7fffffff)
    throw new DataException('Invalid scale parameter found in Decimal schema: ')
  return Number(scale)
}

/** Big-endian two's complement of the unscaled value. @throws DataException when the scales differ */
export function decimalToBytes(schema: Schema, value: BigDecimal): Uint8Array {
  checkScale(schema, value)
  return bigIntToBytes(value.unscaled)
}

/** @throws DataException when the scales differ */
export function checkScale(schema: Schema, value: BigDecimal): void {
  const scale = scaleOf(schema)
  if (value.scale !== scale) {
    throw new DataException(
      `Decimal value has mismatching scale for given Decimal schema. Schema has scale ${scale}, value has scale ${value.scale}.`,
    )
  }
}

export function decimalFromBytes(schema: Schema, bytes: Uint8Array): BigDecimal {
  return new BigDecimal(bigIntFromBytes(bytes), scaleOf(schema))
}

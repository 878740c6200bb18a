/** A Connect schema's name and version, which the Avro type brings or stands for. Java: AvroData.toConnectSchema */
import { DataException } from '../../data/errors.ts'
import { DECIMAL_NAME } from '../../data/logical-names.ts'
import type { SchemaBuilder } from '../../data/schema-builder.ts'
import { isNumber, isWhole, jsonText } from '../../formats/avro/json.ts'
import { type AvroType, isNamed } from '../../formats/avro/types.ts'
import * as names from './names.ts'

export function setVersion(builder: SchemaBuilder, type: AvroType, version: number | null): void {
  const own = type.props.get(names.CONNECT_VERSION)
  if (own !== undefined && !isNumber(own))
    throw new DataException(`Invalid Connect version found: ${typeof own === 'string' ? own : jsonText(own)}`)
  const found = own === undefined ? version : isWhole(own) ? Number(own) : Math.trunc(Number(own))
  if (found === null || found < 0) return
  const known = builder.draft.version
  if (known !== null && known !== found) {
    throw new DataException(
      `Mismatched versions: version already added to SchemaBuilder (${known}) differs from version in source schema (${found})`,
    )
  }
  builder.version(found)
}

export function setName(builder: SchemaBuilder, type: AvroType): void {
  const own = type.props.get(names.CONNECT_NAME)
  if (own !== undefined && typeof own !== 'string')
    throw new DataException(`Invalid schema name: ${jsonText(own)}`)
  // A fixed decimal of somebody else's has a name of its own, which is not Connect's for decimals.
  const isDecimal = builder.draft.name === DECIMAL_NAME
  const name = own ?? (isNamed(type) && !isDecimal ? type.name.full : null)
  if (name === null || name.startsWith(names.DEFAULT_FULL_NAME)) return
  const known = builder.draft.name
  if (known !== null && known !== name) {
    throw new DataException(
      `Mismatched names: name already added to SchemaBuilder (${known}) differs from name in source schema (${name})`,
    )
  }
  builder.name(name)
}

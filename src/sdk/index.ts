/** The only door for plugins: what is not here, a plugin cannot rely on. */
export type {
  ConfigSpec,
  ConfigType,
  Importance,
  KeyOptions,
  KeySpec,
  Parsed,
  Validator,
  Width,
} from '../config/keys.ts'
export { key } from '../config/keys.ts'
export { Password } from '../config/password.ts'
export { parseConfig, type RawConfig } from '../config/validate.ts'
export {
  atLeast,
  between,
  ifGiven,
  noDuplicates,
  nonEmptyString,
  oneOf,
  oneOfIgnoringCase,
  satisfies,
} from '../config/validators.ts'
export { BigDecimal } from '../data/big-decimal.ts'
export type { ByteSink } from '../data/bytes.ts'
export { decimalBuilder, decimalFromBytes, decimalSchema, decimalToBytes } from '../data/decimal.ts'
export { valueEquals } from '../data/equality.ts'
export * from '../data/errors.ts'
export { ConnectHeader, ConnectHeaders } from '../data/headers.ts'
export { keysInHashOrder } from '../data/java-hash.ts'
export { javaText } from '../data/java-text.ts'
export { decodeUtf8 } from '../data/java-utf8.ts'
export * from '../data/logical.ts'
export * from '../data/logical-names.ts'
export { Float32, Float64, Int8, Int16, Int32 } from '../data/numbers.ts'
export * from '../data/records.ts'
export * from '../data/schema.ts'
export { SchemaBuilder } from '../data/schema-builder.ts'
export { project as projectSchema } from '../data/schema-projector.ts'
export { Struct } from '../data/struct.ts'
export type { Logger } from '../observe/log.ts'
export { pause } from '../waiting/deadline.ts'
export { ConversionPending } from './conversion-pending.ts'
export * from './plugin.ts'

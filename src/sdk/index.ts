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
export type { ByteSink } from '../data/bytes.ts'
export * from '../data/errors.ts'
export { javaText } from '../data/java-text.ts'
export * from '../data/records.ts'
export * from '../data/schema.ts'
export type { Logger } from '../observe/log.ts'
export * from './plugin.ts'

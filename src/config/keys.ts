/**
 * Configuration keys, declared once: validation, the ConfigDef JSON, documentation and the masking of secrets
 * all come from one declaration. Java: org.apache.kafka.common.config.ConfigDef
 */
import * as v from 'valibot'
import type { Password } from './password.ts'
import { removesDuplicates, validatorText } from './validators.ts'

export type ConfigType =
  | 'BOOLEAN'
  | 'STRING'
  | 'INT'
  | 'SHORT'
  | 'LONG'
  | 'DOUBLE'
  | 'LIST'
  | 'CLASS'
  | 'PASSWORD'
export type Importance = 'HIGH' | 'MEDIUM' | 'LOW'
export type Width = 'NONE' | 'SHORT' | 'MEDIUM' | 'LONG'

/** One key. Java: org.apache.kafka.common.config.ConfigDef.ConfigKey */
export interface KeySpec<T> {
  readonly type: ConfigType
  readonly required: boolean
  /** Parsed default; null where there is none. */
  readonly default: T | null
  readonly importance: Importance
  readonly doc: string
  readonly group: string | null
  readonly orderInGroup: number
  readonly width: Width
  readonly displayName: string | null
  /** Keys of the same definition whose values hang on this one. */
  readonly dependents: readonly string[]
  /**
   * Checks the parsed value, null included. Messages are Java's without the
   * `Invalid value … for configuration …: ` part, but for whole sentences (`Sentence` in validators.ts).
   */
  readonly schema: v.GenericSchema<unknown, T>
  /** What the JVM prints of the validator, null without one. */
  readonly validator: string | null
  readonly secret: boolean
  /** Repeated list elements are dropped when the configuration is used; only its validation complains of them. */
  readonly distinct: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: a spec holds keys of any parsed type
export type ConfigSpec = Readonly<Record<string, KeySpec<any>>>
export type Parsed<C extends ConfigSpec> = {
  readonly [K in keyof C]: C[K] extends KeySpec<infer T> ? T : never
}

/** A valibot action over a parsed value that may be null (Java's validators see null as well). */
export type Validator<T> = v.GenericValidation<T | null, T | null>

export interface KeyOptions<T> {
  doc: string
  importance: Importance | Lowercase<Importance>
  /** Value when the key is absent; null says that absence is fine. */
  default?: T | null
  /** The key may be absent and is null then. */
  optional?: boolean
  validator?: Validator<T>
  group?: string
  orderInGroup?: number
  width?: Width | Lowercase<Width>
  displayName?: string
  dependents?: readonly string[]
}

/** `T` where a value is certain, `T | null` for an optional key without a default. */
type ValueOf<T, O> = O extends { default: infer D }
  ? D extends null
    ? T | null
    : T
  : O extends { optional: true }
    ? T | null
    : T

function define<T, O extends KeyOptions<T>>(
  type: ConfigType,
  base: v.GenericSchema<unknown, T>,
  options: O,
): KeySpec<ValueOf<T, O>> {
  const nullable = v.nullable(base)
  const schema = options.validator ? v.pipe(nullable, options.validator) : nullable
  return {
    type,
    required: options.default === undefined && options.optional !== true,
    default: (options.default ?? null) as ValueOf<T, O> | null,
    importance: options.importance.toUpperCase() as Importance,
    doc: options.doc,
    group: options.group ?? null,
    orderInGroup: options.orderInGroup ?? -1,
    width: (options.width?.toUpperCase() ?? 'NONE') as Width,
    displayName: options.displayName ?? null,
    dependents: options.dependents ?? [],
    schema: schema as unknown as v.GenericSchema<unknown, ValueOf<T, O>>,
    validator: validatorText(options.validator),
    secret: type === 'PASSWORD',
    distinct: removesDuplicates(options.validator),
  }
}

const anyNumber = v.custom<number>(value => typeof value === 'number')
const anyList = v.custom<readonly string[]>(value => Array.isArray(value))
const anyPassword = v.custom<Password>(value => typeof value === 'object')

/** A LONG beyond 2^53 is the nearest JavaScript number: every LONG key is a time or a size. */
export const key = {
  string: <const O extends KeyOptions<string>>(options: O) =>
    define<string, O>('STRING', v.string(), options),
  int: <const O extends KeyOptions<number>>(options: O) => define<number, O>('INT', anyNumber, options),
  short: <const O extends KeyOptions<number>>(options: O) => define<number, O>('SHORT', anyNumber, options),
  long: <const O extends KeyOptions<number>>(options: O) => define<number, O>('LONG', anyNumber, options),
  double: <const O extends KeyOptions<number>>(options: O) => define<number, O>('DOUBLE', anyNumber, options),
  boolean: <const O extends KeyOptions<boolean>>(options: O) =>
    define<boolean, O>('BOOLEAN', v.boolean(), options),
  list: <const O extends KeyOptions<readonly string[]>>(options: O) =>
    define<readonly string[], O>('LIST', anyList, options),
  /** A plugin's Java class name; an alias is resolved where a registry is at hand. */
  class: <const O extends KeyOptions<string>>(options: O) => define<string, O>('CLASS', v.string(), options),
  /** Rendered as `[hidden]` everywhere; `value()` gives the secret. */
  password: <const O extends KeyOptions<Password>>(options: O) =>
    define<Password, O>('PASSWORD', anyPassword, options),
}

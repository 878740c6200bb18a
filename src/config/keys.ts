import type * as v from 'valibot'

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

/**
 * One configuration key, declared once: validation, the ConfigDef JSON, documentation and the masking of
 * secrets all come from it. Java: org.apache.kafka.common.config.ConfigDef.ConfigKey
 */
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
  /** Checks the parsed value; messages are Java's without the `Invalid value … for configuration …: ` part. */
  readonly schema: v.GenericSchema<unknown, T>
  readonly secret: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: a spec holds keys of any parsed type
export type ConfigSpec = Readonly<Record<string, KeySpec<any>>>
export type Parsed<C extends ConfigSpec> = {
  readonly [K in keyof C]: C[K] extends KeySpec<infer T> ? T : never
}

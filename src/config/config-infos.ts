/**
 * The JSON that REST gives for definitions and checked configurations, fields in the JVM's order.
 * Java: org.apache.kafka.connect.runtime.rest.entities.{ConfigKeyInfo,ConfigValueInfo,ConfigInfo,ConfigInfos}
 */
import type { CheckedKey } from './connector/checked-key.ts'
import type { ConfigSpec, ConfigType, Importance, KeySpec, Width } from './keys.ts'
import { javaText } from './parse.ts'

export interface ConfigKeyInfo {
  name: string
  type: ConfigType
  required: boolean
  default_value: string | null
  importance: Importance
  documentation: string
  group: string | null
  order_in_group: number
  width: Width
  display_name: string
  dependents: string[]
}

export interface ConfigValueInfo {
  name: string
  value: string | null
  recommended_values: string[]
  errors: string[]
  visible: boolean
}

export interface ConfigInfo {
  /** null for a key that no definition knows. */
  definition: ConfigKeyInfo | null
  value: ConfigValueInfo
}

export interface ConfigInfos {
  name: string
  error_count: number
  groups: string[]
  configs: ConfigInfo[]
}

/** One definition. Java: AbstractHerder.convertConfigKey */
function configKeyInfo(name: string, spec: KeySpec<unknown>): ConfigKeyInfo {
  return {
    name,
    type: spec.type,
    required: spec.required,
    default_value: valueText(spec.default, spec.type),
    importance: spec.importance,
    documentation: spec.doc,
    group: spec.group,
    order_in_group: spec.orderInGroup,
    width: spec.width,
    display_name: spec.displayName ?? name,
    dependents: [...spec.dependents],
  }
}

/** A whole definition, in its order. */
export function configKeyInfos(spec: ConfigSpec): ConfigKeyInfo[] {
  return Object.entries(spec).map(([name, key]) => configKeyInfo(name, key))
}

/** Java: AbstractHerder.generateResult */
export function configInfo({ name, spec, value, errors, recommended, visible }: CheckedKey): ConfigInfo {
  return {
    definition: spec && configKeyInfo(name, spec),
    value: {
      name,
      value: valueText(value, spec?.type),
      recommended_values: [...recommended],
      errors: [...errors],
      visible,
    },
  }
}

/** Java: ConfigDef.convertToString */
function valueText(value: unknown, type: ConfigType | undefined): string | null {
  if (value === null || value === undefined) return null
  return Array.isArray(value) ? value.join(',') : javaText(value, type)
}

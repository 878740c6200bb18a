/** `configDefs` of a vector file: by class the keys that it declares, in order. */
import { builtInList } from '../../../src/cli/builtins.ts'
import { connectorKeys } from '../../../src/config/connector/common.ts'
import { sinkKeys } from '../../../src/config/connector/sink.ts'
import { sourceKeys } from '../../../src/config/connector/source.ts'
import type { ConfigSpec, KeySpec } from '../../../src/config/keys.ts'

export interface KeyVector {
  name: string
  type: string
  required: boolean
  /** Absent for a required key. */
  default?: string | null
  importance: string
  validator: string | null
  group: string | null
  orderInGroup: number
  width: string
  displayName: string
}

const FRAMEWORK: Readonly<Record<string, ConfigSpec>> = {
  SinkConnectorConfig: { ...connectorKeys, ...sinkKeys },
  SourceConnectorConfig: { ...connectorKeys, ...sourceKeys },
}

/** Our declaration in the vectors' form; null for a class that we do not have. */
export function declaredKeys(className: string): KeyVector[] | null {
  const spec =
    FRAMEWORK[className] ?? builtInList().find(plugin => plugin.className === className)?.config ?? null
  return spec && Object.entries(spec).map(([name, key]) => keyVector(name, key))
}

function keyVector(name: string, key: KeySpec<unknown>): KeyVector {
  return {
    name,
    type: key.type,
    required: key.required,
    ...(key.required ? {} : { default: key.default === null ? null : String(key.default) }),
    importance: key.importance,
    validator: key.validator,
    group: key.group,
    orderInGroup: key.orderInGroup,
    width: key.width,
    displayName: key.displayName ?? name,
  }
}

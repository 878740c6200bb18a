import * as file from '../../connectors/file/index.ts'
import { builtInConverters } from '../converters/index.ts'
import type { Plugin } from '../sdk/plugin.ts'
import { builtInPredicates, builtInTransformations } from '../transforms/index.ts'
import { type PluginRegistry, pluginRegistry } from '../worker/plugins.ts'

/** Everything that is compiled in. */
export function builtInList(): Plugin[] {
  return [...Object.values(file), ...builtInConverters, ...builtInTransformations, ...builtInPredicates]
}

export function builtInPlugins(): PluginRegistry {
  return pluginRegistry(builtInList())
}

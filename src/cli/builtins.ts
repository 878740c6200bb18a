import * as file from '../../connectors/file/index.ts'
import { builtInConverters } from '../converters/index.ts'
import { builtInPredicates, builtInTransformations } from '../transforms/index.ts'
import { type PluginRegistry, pluginRegistry } from '../worker/plugins.ts'

/** Everything that is compiled in. */
export function builtInPlugins(): PluginRegistry {
  return pluginRegistry([
    ...Object.values(file),
    ...builtInConverters,
    ...builtInTransformations,
    ...builtInPredicates,
  ])
}

import * as file from '../../connectors/file/index.ts'
import * as jdbcSink from '../../connectors/jdbc/sink.ts'
import * as jdbcSource from '../../connectors/jdbc/source.ts'
import * as testPlugins from '../../connectors/test-plugins/index.ts'
import { builtInConverters } from '../converters/index.ts'
import type { Config, Plugin } from '../sdk/plugin.ts'
import { builtInPredicates, builtInTransformations } from '../transforms/index.ts'
import { scriptPolicy } from '../transforms/script/script-place.ts'
import { SCRIPT_CLASS, scriptPlugins } from '../transforms/script/script-plugins.ts'
import { type PluginRegistry, pluginRegistry } from '../worker/plugins.ts'

/**
 * Everything that is compiled in. Scripts are among them where the worker's configuration lets there be any: a worker
 * without plugin.path has Kafka Connect's own plugins and no others.
 */
export function builtInList(worker: Config = {}): Plugin[] {
  const policy = scriptPolicy(worker)
  const scripts = policy.inline || policy.pluginPath.length > 0 ? scriptPlugins(policy) : []
  return [
    ...Object.values(file),
    ...Object.values(jdbcSink),
    ...Object.values(jdbcSource),
    ...Object.values(testPlugins),
    ...builtInConverters,
    ...builtInTransformations,
    ...builtInPredicates,
    ...scripts,
  ]
}

export function builtInPlugins(worker: Config = {}): PluginRegistry {
  return pluginRegistry(builtInList(worker), scriptHint)
}

/** For a worker that has not been told where scripts may come from. */
export function scriptHint(className: string): string | undefined {
  if (className !== SCRIPT_CLASS && className !== 'Script') return undefined
  return 'Scripts need a place: set plugin.path in the configuration of the worker and put them there, or allow code in configurations with bunnect.script.inline=true.'
}

import { withPrefix } from '../config/prefix.ts'
import type { NamedPlugin, TaskPlugins } from '../observe/metrics/task-metrics.ts'
import { masked } from '../observe/secrets.ts'
import type { Config, ConnectorPlugin } from '../sdk/plugin.ts'
import { type ConverterKey, converterChoice } from './task-converters.ts'
import type { PluginLookup } from './worker-options.ts'

/**
 * What a task is made of, for its metrics. A class that cannot be found stands as it is written: what is wrong with it
 * is told where the task is made. Java: org.apache.kafka.connect.runtime.TaskPluginsMetadata
 */
export function taskPlugins(
  plugin: ConnectorPlugin,
  connector: Config,
  worker: Config,
  plugins: Pick<PluginLookup, 'find'>,
): TaskPlugins {
  const { kind, className, taskClassName, version } = plugin
  const named = (name: string, type: Parameters<PluginLookup['find']>[1]): NamedPlugin => {
    const found = plugins.find(name, type)
    return {
      className: found?.className ?? masked(name), // Invariant 5
      version: found?.version ?? 'undefined',
    }
  }
  const converter = (key: ConverterKey) =>
    named(
      converterChoice(key, connector, worker).className,
      key === 'header.converter' ? 'header_converter' : 'converter',
    )
  const aliases = (key: string) =>
    (connector[key] ?? '')
      .split(',')
      .map(alias => alias.trim())
      .filter(alias => alias !== '')
  const transforms = aliases('transforms').map(alias => ({
    alias,
    keys: withPrefix(connector, `transforms.${alias}.`),
  }))
  const used = new Set(transforms.flatMap(({ keys }) => keys['predicate'] ?? []))
  return {
    type: kind,
    connector: { className, version },
    task: { className: taskClassName, version },
    converters: {
      key: converter('key.converter'),
      value: converter('value.converter'),
      header: converter('header.converter'),
    },
    transforms: transforms.map(({ alias, keys }) => ({
      alias,
      ...named(keys['type'] ?? '', 'transformation'),
    })),
    predicates: aliases('predicates')
      .filter(alias => used.has(alias))
      .map(alias => ({ alias, ...named(connector[`predicates.${alias}.type`] ?? '', 'predicate') })),
  }
}

import { withPrefix } from '../config/prefix.ts'
import { ConnectException } from '../data/errors.ts'
import type { PluginMeters } from '../observe/metrics/plugin-meters.ts'
import type { TaskConverters } from '../pipeline/converters.ts'
import type { Config, Monitorable } from '../sdk/plugin.ts'
import type { PluginLookup } from './worker-options.ts'

export type ConverterKey = 'key.converter' | 'value.converter' | 'header.converter'
const DEFAULT_HEADER_CONVERTER = 'org.apache.kafka.connect.storage.SimpleHeaderConverter'

/**
 * The class of a converter and its sub-keys, all from the connector if that names a class, else all from the
 * worker: the two are never mixed. Java: Plugins.newConverter
 */
export function converterChoice(
  key: ConverterKey,
  connector: Config,
  worker: Config,
): { className: string; config: Record<string, string> } {
  const source = connector[key] === undefined ? worker : connector
  const className = source[key] ?? (key === 'header.converter' ? DEFAULT_HEADER_CONVERTER : '')
  const type = key.slice(0, key.indexOf('.'))
  return { className, config: { 'converter.type': type, ...withPrefix(source, `${key}.`) } }
}

/** The converters of one task, configured. Throws ConnectException for a class that cannot be one. */
export function taskConverters(
  connector: Config,
  worker: Config,
  plugins: PluginLookup,
  meters: PluginMeters,
): TaskConverters {
  const metered = <C extends Monitorable>(converter: C, key: 'key' | 'value' | 'header'): C => {
    converter.withPluginMetrics?.(meters.of(['converter', key]))
    return converter
  }
  const data = (key: 'key.converter' | 'value.converter') => {
    const { className, config } = converterChoice(key, connector, worker)
    const plugin = plugins.converter(className)
    if (!plugin.converter) throw notA(className, key, 'Converter')
    return { made: plugin.converter(config, key === 'key.converter'), className: plugin.className }
  }
  const key = data('key.converter')
  const value = data('value.converter')
  const { className, config } = converterChoice('header.converter', connector, worker)
  const plugin = plugins.converter(className)
  if (!plugin.headerConverter) throw notA(className, 'header.converter', 'HeaderConverter')
  return {
    key: metered(key.made, 'key'),
    value: metered(value.made, 'value'),
    header: metered(plugin.headerConverter(config), 'header'),
    classNames: { key: key.className, value: value.className, header: plugin.className },
  }
}

function notA(className: string, key: ConverterKey, kind: string): ConnectException {
  return new ConnectException(
    `Class ${className} for configuration ${key} does not implement the ${kind} interface`,
  )
}

/** Sub-keys of converters that the connector itself names; the others have been checked with the worker. */
import { hashMapOrder } from '../../data/java-hash.ts'
import { withPrefix } from '../prefix.ts'
import type { RawConfig } from '../validate.ts'
import { type CheckedKey, checkedKeys } from './checked-key.ts'
import { type ConverterPart, named } from './framework.ts'
import type { KnownPlugins, PluginShape } from './plugin-shape.ts'
import { versionMismatch } from './plugin-version.ts'

/** The order in which the JVM looks at them. */
const ORDER: readonly ConverterPart[] = ['header', 'key', 'value']

export interface OwnConverter {
  part: ConverterPart
  plugin: PluginShape
  /** Its sub-keys without the prefix, `converter.type` among them. */
  config: RawConfig
  keys: CheckedKey[]
}

/**
 * Adds to the errors of the framework's keys where a converter cannot be had.
 * Java: AbstractHerder.validateAllConverterConfigs
 */
export function ownConverters(
  config: RawConfig,
  framework: readonly CheckedKey[],
  plugins: KnownPlugins,
): OwnConverter[] {
  return ORDER.flatMap(part => {
    const plugin = converterOf(part, config, framework, plugins)
    if (plugin === null) return []
    const prefix = `${part}.converter.`
    const given = withPrefix(config, prefix)
    const raw = { ...given, 'converter.type': given['converter.type'] ?? part }
    const checked = new Map(checkedKeys(plugin.config, raw, plugins.resolveClass).map(key => [key.name, key]))
    // The JVM keeps them in a HashMap, and its order shows in the answer.
    const keys = hashMapOrder([...checked.keys()]).map(name => renamed(checked.get(name)!, prefix + name))
    return [{ part, plugin, config: raw, keys }]
  })
}

/** The converter that the connector names, if nothing is wrong with it. */
function converterOf(
  part: ConverterPart,
  config: RawConfig,
  framework: readonly CheckedKey[],
  plugins: KnownPlugins,
): PluginShape | null {
  const key = named(framework, `${part}.converter`)
  const version = named(framework, `${key.name}.plugin.version`)
  const given = config[key.name] ?? null
  if (given === null || key.errors.length > 0 || version.errors.length > 0) return null
  // By exactly these characters, where the class itself is looked up without blanks.
  const plugin = plugins.find(given)
  if (plugin === null) {
    key.errors.push(`Failed to load class ${given}: ${given}`)
    return null
  }
  const mismatch = versionMismatch(plugin, config[version.name], plugins)
  if (mismatch === null) return plugin
  key.errors.push(mismatch)
  version.errors.push(mismatch)
  return null
}

function renamed(key: CheckedKey, name: string): CheckedKey {
  const { spec } = key
  return { ...key, name, spec: spec && { ...spec, displayName: spec.displayName ?? key.name } }
}

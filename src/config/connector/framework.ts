/** The keys that the worker itself reads of every connector. Java: ConnectorConfig.enrichedConfigDef */
import type { ConfigSpec, KeySpec } from '../keys.ts'
import type { RawConfig } from '../validate.ts'
import { type CheckedKey, checkedKeys } from './checked-key.ts'
import { connectorKeys } from './common.ts'
import {
  type ConnectorCheck,
  type ConnectorShape,
  classesOf,
  type KnownPlugins,
  serves,
} from './plugin-shape.ts'
import { sinkKeys } from './sink.ts'
import { sourceKeys } from './source.ts'

const PARTS = ['key', 'value', 'header'] as const
export type ConverterPart = (typeof PARTS)[number]

const SIMPLE_HEADER_CONVERTER = 'org.apache.kafka.connect.storage.SimpleHeaderConverter'

const kindOf = (part: ConverterPart) => (part === 'header' ? 'header_converter' : 'converter')

/** The definition without what a worker adds. Java: SourceConnectorConfig.configDef, SinkConnectorConfig.configDef */
export function frameworkSpec(plugin: ConnectorShape): ConfigSpec {
  const version = { ...connectorKeys['connector.plugin.version'], default: plugin.version }
  return {
    ...connectorKeys,
    'connector.plugin.version': version,
    ...(plugin.kind === 'source' ? sourceKeys : sinkKeys),
  }
}

/** The framework's keys of this connector, with the worker's converters as defaults. */
export function frameworkKeys(
  config: RawConfig,
  plugin: ConnectorShape,
  check: ConnectorCheck,
): CheckedKey[] {
  const { plugins } = check
  const spec: Record<string, KeySpec<unknown>> = { ...frameworkSpec(plugin) }
  for (const part of PARTS) {
    const { className, version } = converterDefaults(part, config, check)
    const name = `${part}.converter`
    spec[name] = { ...spec[name]!, default: className }
    spec[`${name}.plugin.version`] = { ...spec[`${name}.plugin.version`]!, default: version }
  }
  const keys = checkedKeys(spec, config, plugins.resolveClass)
  for (const part of PARTS) {
    const converter = named(keys, `${part}.converter`)
    converter.recommended = classesOf(kindOf(part), plugins)
    checkConverterClass(converter, part, { config, plugins })
    const version = named(keys, `${part}.converter.plugin.version`)
    version.visible = converter.value !== null
    const found = converter.value === null ? null : plugins.find(String(converter.value))
    if (found && serves(found, kindOf(part))) version.recommended = [found.version]
  }
  named(keys, 'connector.plugin.version').recommended = [plugin.version]
  return keys
}

interface Given {
  config: RawConfig
  plugins: KnownPlugins
}

/**
 * The keys of a connector whose version is not there: no worker's defaults, nothing of the connector's own.
 * Java: AbstractHerder.invalidVersionedConnectorValidation
 */
export function keysWithoutConnector(
  config: RawConfig,
  plugin: ConnectorShape,
  plugins: KnownPlugins,
): CheckedKey[] {
  const version = { ...connectorKeys['connector.plugin.version'], default: plugin.version }
  const spec: ConfigSpec = { ...connectorKeys, 'connector.plugin.version': version }
  const keys = checkedKeys(spec, config, plugins.resolveClass)
  for (const part of PARTS) {
    const converter = named(keys, `${part}.converter`)
    checkConverterClass(converter, part, { config, plugins })
    named(keys, `${part}.converter.plugin.version`).visible = converter.value !== null
  }
  named(keys, 'connector.plugin.version').recommended = [plugin.version]
  return keys
}

export function named(keys: readonly CheckedKey[], name: string): CheckedKey {
  return keys.find(key => key.name === name)!
}

/** Java: ConnectorConfig.converterDefaults */
function converterDefaults(
  part: ConverterPart,
  config: RawConfig,
  { plugins, worker }: ConnectorCheck,
): { className: string | null; version: string | null } {
  const name = `${part}.converter`
  const given = worker[name]?.trim() ?? (part === 'header' ? SIMPLE_HEADER_CONVERTER : null)
  const workers = given === null ? null : plugins.find(given)
  const className = workers?.className ?? given
  const own = config[name] ?? null
  if (own === null) {
    return { className, version: worker[`${name}.plugin.version`]?.trim() ?? workers?.version ?? null }
  }
  const found = plugins.find(own)
  return { className, version: found && serves(found, kindOf(part)) ? found.version : null }
}

/** Java: InstantiableClassValidator and the interface check before it */
function checkConverterClass(key: CheckedKey, part: ConverterPart, { config, plugins }: Given): void {
  const kind = kindOf(part)
  const found = key.value === null ? null : plugins.find(String(key.value))
  if (found && !serves(found, kind)) {
    const wanted = part === 'header' ? 'HeaderConverter' : 'Converter'
    key.errors.push(`Class class ${found.className} does not implement the ${wanted} interface`)
  }
  const given = config[key.name]
  const hint = key.value === null && typeof given === 'string' ? plugins.hint?.(given, [kind]) : undefined
  if (hint !== undefined) key.hint = hint
}

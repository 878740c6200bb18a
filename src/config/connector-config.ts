/**
 * What is checked before a connector is created or changed, in the JVM's order and words.
 * Java: AbstractHerder.validateConnectorConfig, ConnectorConfig, SourceConnectorConfig, SinkConnectorConfig
 */
import { ConfigException, ConnectException } from '../data/errors.ts'
import { hashMapOrder } from '../data/java-hash.ts'
import { type ClientKind, clientKeys } from './client/index.ts'
import { connectorKeys } from './connector/common.ts'
import { sinkKeys } from './connector/sink.ts'
import { sinkCrossChecks } from './connector/sink-checks.ts'
import { sourceKeys } from './connector/source.ts'
import { unsupportedKeys } from './connector/unsupported.ts'
import type { ConfigSpec, KeySpec } from './keys.ts'
import { notAllowed, overridePolicy } from './override-policy.ts'
import { type ClassResolver, type ParsedValue, parseValue } from './parse.ts'
import { withPrefix } from './prefix.ts'
import { invalidValue, type RawConfig, validateConfig } from './validate.ts'
import { VersionRangeError, versionRange } from './version-range.ts'

/** The request cannot be served as it is: HTTP 400. Java: …runtime.rest.errors.BadRequestException */
export class BadRequestException extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.connect.runtime.rest.errors.BadRequestException'
}

/** What validation has to know of a plugin. */
export interface PluginShape {
  kind: 'source' | 'sink' | 'converter' | 'transformation' | 'predicate'
  className: string
  version: string
  config: ConfigSpec
  converter?: unknown
  headerConverter?: unknown
}

export interface ConnectorCheck {
  plugins: {
    /** Throws ConnectException for an unknown class. */
    connector(classOrAlias: string): PluginShape & { kind: 'source' | 'sink' }
    find(classOrAlias: string): PluginShape | null
    resolveClass: ClassResolver
  }
  /** The worker's configuration as written. */
  worker: Readonly<Record<string, string>>
}

/** One entry of `configs` in the answer of `config/validate`. */
export interface CheckedKey {
  name: string
  /** null for a key that no definition knows. */
  spec: KeySpec<unknown> | null
  value: ParsedValue | null
  errors: string[]
}

export interface ConnectorValidation {
  plugin: PluginShape & { kind: 'source' | 'sink' }
  keys: CheckedKey[]
  errorCount: number
}

/** The configuration to store; BadRequestException with the JVM's block of texts if there is any error. */
export function checkConnector(config: RawConfig, check: ConnectorCheck): Record<string, string> {
  const { keys, errorCount } = validateConnector(config, check)
  if (errorCount > 0) throw new BadRequestException(invalidConnector(keys, errorCount))
  // Nulls of the connector's own keys pass validation in the JVM and break its start; here they are absent.
  return Object.fromEntries(
    Object.entries(config).filter((entry): entry is [string, string] => entry[1] !== null),
  )
}

/** Java: AbstractHerder.maybeAddConfigErrors */
function invalidConnector(keys: readonly CheckedKey[], errorCount: number): string {
  const errors = keys.flatMap(key => key.errors)
  return [
    `Connector configuration is invalid and contains the following ${errorCount} error(s):`,
    ...errors,
    'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
  ].join('\n')
}

/**
 * Throws BadRequestException where there is no class to validate against, and ConfigException for a client
 * override whose value has the wrong type (the JVM answers 500).
 */
export function validateConnector(config: RawConfig, check: ConnectorCheck): ConnectorValidation {
  const className = config['connector.class'] ?? null
  if (className === null) {
    const shown = Object.entries(config).map(([key, value]) => `${key}=${value}`)
    throw new BadRequestException(`Connector config {${shown.join(', ')}} contains no connector type`)
  }
  const plugin = findConnector(className, check)
  const framework = frameworkKeys(config, plugin, check)
  const own: CheckedKey[] = entries(plugin.config, config, check)
  const ownNames = new Set(own.map(key => key.name))
  const unknown = addNullErrors(config, framework, ownNames)
  const overrides = clientOverrides(config, plugin.kind, check)
  const converters = converterKeys(config, framework, check)

  const byName = new Map([...unknown, ...framework, ...own].map(key => [key.name, key]))
  const connectorPart = [...byName.values()]
  const extraPart = [...overrides, ...converters]
  return {
    plugin,
    keys: [...connectorPart, ...extraPart],
    errorCount:
      connectorPart.reduce((sum, key) => sum + key.errors.length, 0) +
      extraPart.filter(key => key.errors.length > 0).length,
  }
}

function findConnector(className: string, check: ConnectorCheck): ConnectorValidation['plugin'] {
  try {
    return check.plugins.connector(className)
  } catch (error) {
    if (!(error instanceof ConnectException)) throw error
    const { message, hint } = error
    throw new BadRequestException(message, { cause: error, ...(hint !== undefined && { hint }) })
  }
}

function entries(spec: ConfigSpec, config: RawConfig, check: ConnectorCheck): CheckedKey[] {
  return [...validateConfig(spec, config, check.plugins.resolveClass)].map(([name, result]) => ({
    name,
    spec: spec[name]!,
    ...result,
  }))
}

function frameworkKeys(config: RawConfig, plugin: PluginShape, check: ConnectorCheck): CheckedKey[] {
  const keys = entries(
    { ...withWorkerConverters(check), ...(plugin.kind === 'source' ? sourceKeys : sinkKeys) },
    config,
    check,
  )
  const named = (name: string) => keys.find(key => key.name === name)!
  for (const part of ['key', 'value', 'header'] as const)
    checkConverterClass(named(`${part}.converter`), part, check)
  checkVersion(config['connector.plugin.version'], plugin, [
    named('connector.class'),
    named('connector.plugin.version'),
  ])
  defaultVersion(named('connector.plugin.version'), plugin.version)
  for (const part of ['key', 'value', 'header'] as const) {
    const converter = named(`${part}.converter`)
    const found = converter.errors.length === 0 ? check.plugins.find(String(converter.value)) : null
    if (!found) continue
    const version = named(`${part}.converter.plugin.version`)
    const isOwn = typeof config[converter.name] === 'string'
    if (isOwn) checkVersion(config[version.name], found, [converter, version])
    defaultVersion(version, found.version)
  }
  if (plugin.kind === 'sink') sinkCrossChecks(config, named('topics').errors, named('topics.regex').errors)
  const topicCreation =
    plugin.kind === 'source' && check.worker['topic.creation.enable']?.trim().toLowerCase() !== 'false'
  for (const { key, message } of unsupportedKeys(config, { topicCreation })) {
    const known = keys.find(entry => entry.name === key)
    if (known) known.errors.push(message)
    else if (!key.startsWith('errors.'))
      keys.push({ name: key, spec: null, value: config[key] ?? null, errors: [message] })
  }
  return keys
}

/** Converter keys default to what the worker uses. */
function withWorkerConverters(check: ConnectorCheck): ConfigSpec {
  const spec: Record<string, KeySpec<unknown>> = { ...connectorKeys }
  for (const part of ['key', 'value', 'header'] as const) {
    const name = `${part}.converter`
    const given = check.worker[name]?.trim() ?? (part === 'header' ? SIMPLE_HEADER_CONVERTER : null)
    const found = given === null ? null : check.plugins.find(given)
    spec[name] = { ...spec[name]!, default: found?.className ?? given }
  }
  return spec
}
const SIMPLE_HEADER_CONVERTER = 'org.apache.kafka.connect.storage.SimpleHeaderConverter'

/** Java: InstantiableClassValidator and the interface check before it */
function checkConverterClass(key: CheckedKey, part: 'key' | 'value' | 'header', check: ConnectorCheck): void {
  if (typeof key.value !== 'string' || key.errors.length > 0) return
  const found = check.plugins.find(key.value)
  const serves = found && (part === 'header' ? found.headerConverter : found.converter)
  if (found && !serves) {
    const wanted = part === 'header' ? 'HeaderConverter' : 'Converter'
    key.errors.push(`Class class ${found.className} does not implement the ${wanted} interface`)
  }
}

/** A version that nobody asks for is the one there is. */
function defaultVersion(key: CheckedKey, version: string): void {
  key.value ??= version
  if (key.spec) key.spec = { ...key.spec, default: version }
}

function checkVersion(requirement: string | null | undefined, plugin: PluginShape, keys: CheckedKey[]): void {
  try {
    const range = versionRange(requirement)
    if (range === null || range.contains(plugin.version)) return
    const message = `Plugin ${plugin.className} not found that matches the version range ${range.text}, available versions: [${plugin.version}]`
    for (const key of keys) key.errors.push(message)
  } catch (error) {
    if (error instanceof VersionRangeError) throw new BadRequestException(error.message)
    throw error
  }
}

/** Gives each null its error; returns entries for keys that no definition knows. */
function addNullErrors(config: RawConfig, framework: CheckedKey[], own: ReadonlySet<string>): CheckedKey[] {
  const message = 'Null value can not be supplied as the configuration value.'
  const unknown: CheckedKey[] = []
  for (const [name, value] of Object.entries(config)) {
    if (value !== null || own.has(name)) continue
    const known = framework.find(key => key.name === name)
    if (known) known.errors.push(message)
    else unknown.push({ name, spec: null, value: null, errors: [message] })
  }
  return unknown
}

function clientOverrides(config: RawConfig, kind: 'source' | 'sink', check: ConnectorCheck): CheckedKey[] {
  const policy = overridePolicy(check.worker)
  const kinds: ClientKind[] = kind === 'source' ? ['producer'] : ['consumer']
  const usesAdmin = Object.keys(config).some(key => key.startsWith('topic.creation.'))
  if (kind === 'source' && usesAdmin) kinds.push('admin')
  return kinds.flatMap(client => {
    const prefix = `${client}.override.`
    return Object.entries(withPrefix(config, prefix)).map(([name, raw]) => {
      const spec = clientKeys[client][name] ?? null
      const parsed = spec ? parseValue(spec.type, name, raw) : { value: raw, why: null }
      if (parsed.why !== null) throw new ConfigException(invalidValue(name, raw, parsed.why))
      return {
        name: prefix + name,
        spec,
        value: parsed.value,
        errors: policy.allows(name) ? [] : [notAllowed(policy, name)],
      }
    })
  })
}

/** Sub-keys of converters that the connector itself names; the others have been checked with the worker. */
function converterKeys(config: RawConfig, framework: CheckedKey[], check: ConnectorCheck): CheckedKey[] {
  return (['header', 'key', 'value'] as const).flatMap(part => {
    const name = `${part}.converter`
    const key = framework.find(entry => entry.name === name)!
    const plugin = key.errors.length === 0 && config[name] ? check.plugins.find(String(key.value)) : null
    if (!plugin) return []
    const prefix = `${name}.`
    const raw = { 'converter.type': part, ...withPrefix(config, prefix) }
    const checked = new Map(entries(plugin.config, raw, check).map(entry => [entry.name, entry]))
    // The JVM keeps them in a HashMap, and its order shows in the answer.
    return hashMapOrder([...checked.keys()]).map(name => ({ ...checked.get(name)!, name: prefix + name }))
  })
}

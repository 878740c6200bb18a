/**
 * What is checked before a connector is created or changed, in the JVM's order and words.
 * Java: AbstractHerder.validateConnectorConfig
 */
import { ConnectException } from '../data/errors.ts'
import { hashMapOrder, tableSizeOfCopy } from '../data/java-hash.ts'
import { type ConfigInfos, configInfo } from './config-infos.ts'
import { aliasKeys } from './connector/alias-keys.ts'
import { bunnectKeyProblems } from './connector/bunnect.ts'
import { type CheckedKey, checkedKey, checkedKeys } from './connector/checked-key.ts'
import { clientOverrides } from './connector/client-overrides.ts'
import { ownConverters } from './connector/converter-keys.ts'
import { consumerGroupChecks, exactlyOnceChecks, nameChecks } from './connector/distributed-checks.ts'
import { frameworkKeys, keysWithoutConnector, named } from './connector/framework.ts'
import { addPluginProblems } from './connector/plugin-problems.ts'
import type { ConnectorCheck, ConnectorShape } from './connector/plugin-shape.ts'
import { rangeProblem, versionMismatch } from './connector/plugin-version.ts'
import { sinkCrossChecks } from './connector/sink-checks.ts'
import type { RawConfig } from './validate.ts'

export type { CheckedKey } from './connector/checked-key.ts'
export type { ConnectorCheck, KnownPlugins, PluginShape } from './connector/plugin-shape.ts'

/** The request cannot be served as it is: HTTP 400. Java: …runtime.rest.errors.BadRequestException */
export class BadRequestException extends ConnectException {
  static override readonly javaClass = 'org.apache.kafka.connect.runtime.rest.errors.BadRequestException'
}

export interface ConnectorValidation {
  plugin: ConnectorShape
  /** `connector.class` as it was given. */
  className: string
  keys: CheckedKey[]
  /** Messages of the connector's part, keys with messages of its clients and converters. */
  errorCount: number
}

/** BadRequestException with the JVM's block of texts if there is any error. */
export async function checkConnector(config: RawConfig, check: ConnectorCheck): Promise<ConnectorValidation> {
  const validation = await validateConnector(config, check)
  const { keys, errorCount } = validation
  if (errorCount > 0) {
    const hint = hintsOf(keys)
    const errors = keys.flatMap(key => key.errors)
    throw new BadRequestException(invalidConnector(errors, errorCount), hint === undefined ? {} : { hint })
  }
  return validation
}

/** The body of a `config/validate` answer. Java: ConfigInfos */
export function configInfos({ className, keys, errorCount }: ConnectorValidation): ConfigInfos {
  const groups = keys.flatMap(({ spec }) => (spec?.group == null ? [] : [spec.group]))
  return {
    name: className,
    error_count: errorCount,
    groups: [...new Set(groups)],
    configs: keys.map(configInfo),
  }
}

/** What to do about the errors, where somebody knows. */
export function hintsOf(keys: readonly CheckedKey[]): string | undefined {
  const hints = keys.flatMap(({ name, hint }) => (hint === undefined ? [] : [`${name}: ${hint}`]))
  return hints.length === 0 ? undefined : hints.join(' ')
}

/** Java: AbstractHerder.maybeAddConfigErrors */
export function invalidConnector(errors: readonly string[], errorCount: number): string {
  return [
    `Connector configuration is invalid and contains the following ${errorCount} error(s):`,
    ...errors,
    'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
  ].join('\n')
}

/**
 * Throws BadRequestException where there is no class to validate against, ConfigException for a client override
 * whose value has the wrong type, and ConnectException for a plugin that does not answer (the latter two are 500).
 */
export async function validateConnector(
  config: RawConfig,
  check: ConnectorCheck,
): Promise<ConnectorValidation> {
  const className = config['connector.class'] ?? null
  if (className === null) {
    const shown = keysAsCopied(config).map(key => `${key}=${config[key]}`)
    throw new BadRequestException(`Connector config {${shown.join(', ')}} contains no connector type`)
  }
  const plugin = findConnector(className, config, check)
  const { plugins } = check
  const mismatch = versionMismatch(plugin, config['connector.plugin.version'], plugins)
  if (mismatch !== null) return withoutConnector(mismatch, className, plugin, config, check)

  const own = checkedKeys(plugin.config, config, plugins.resolveClass)
  const aliases = aliasKeys(config, plugins)
  const framework = [...frameworkKeys(config, plugin, check), ...aliases.keys]
  if (plugin.kind === 'sink')
    sinkCrossChecks(config, named(framework, 'topics').errors, named(framework, 'topics.regex').errors)
  const undeclared = distributedChecks(config, framework, own, plugin, check)
  const unknown = addNullErrors(config, framework, undeclared)
  const converters = ownConverters(config, framework, plugins)

  // The connector's own definition takes the place of the framework's, and of what was said of its null.
  const ownNames = new Set(own.map(key => key.name))
  const declared = [
    ...unknown.filter(key => !ownNames.has(key.name)),
    ...new Map([...framework, ...own].map(key => [key.name, key])).values(),
  ]
  const problems = await addPluginProblems({
    config,
    plugin,
    keys: declared,
    aliased: aliases.found,
    converters,
    timeoutMs: check.pluginTimeoutMs,
  })
  const connectorPart = [...problems, ...declared, ...bunnectKeyProblems(config, plugin)]
  const extraPart = [
    ...clientOverrides(config, plugin.kind, check),
    ...converters.flatMap(converter => converter.keys),
  ]
  return {
    plugin,
    className,
    keys: [...connectorPart, ...extraPart],
    errorCount: messages(connectorPart) + extraPart.filter(key => key.errors.length > 0).length,
  }
}

/** In the order of the HashMap into which the JVM has copied a configuration before it looks at it. */
function keysAsCopied(config: RawConfig): string[] {
  const keys = Object.keys(config)
  return hashMapOrder(keys, tableSizeOfCopy(keys.length))
}

function messages(keys: readonly CheckedKey[]): number {
  return keys.reduce((sum, key) => sum + key.errors.length, 0)
}

function findConnector(className: string, config: RawConfig, check: ConnectorCheck): ConnectorShape {
  const range = rangeProblem(config['connector.plugin.version'])
  if (range !== null) throw new BadRequestException(range)
  try {
    return check.plugins.connector(className)
  } catch (error) {
    if (!(error instanceof ConnectException)) throw error
    const { message, hint } = error
    throw new BadRequestException(message, { cause: error, ...(hint !== undefined && { hint }) })
  }
}

/** Java: AbstractHerder.invalidVersionedConnectorValidation */
function withoutConnector(
  mismatch: string,
  className: string,
  plugin: ConnectorShape,
  config: RawConfig,
  { plugins }: ConnectorCheck,
): ConnectorValidation {
  const framework = keysWithoutConnector(config, plugin, plugins)
  for (const name of ['connector.class', 'connector.plugin.version'])
    named(framework, name).errors.push(mismatch)
  const keys = [...addNullErrors(config, framework, []), ...framework]
  return { plugin, className, keys, errorCount: messages(keys) }
}

/** Entries for keys that no definition knows. */
function distributedChecks(
  config: RawConfig,
  framework: readonly CheckedKey[],
  own: readonly CheckedKey[],
  plugin: ConnectorShape,
  { distributed }: ConnectorCheck,
): CheckedKey[] {
  if (!distributed) return []
  nameChecks(framework)
  if (plugin.kind === 'sink') return consumerGroupChecks(config, framework, distributed)
  exactlyOnceChecks(framework, own, plugin, distributed)
  return []
}

/**
 * Gives each null its error; returns the entries of keys that no definition knows, in the order of the HashMap
 * that the JVM keeps all of them in. Java: AbstractHerder.addNullValuedErrors
 */
function addNullErrors(
  config: RawConfig,
  framework: readonly CheckedKey[],
  undeclared: readonly CheckedKey[],
): CheckedKey[] {
  const all = new Map([...framework, ...undeclared].map(key => [key.name, key]))
  const unknown = new Map(undeclared.map(key => [key.name, key]))
  for (const name of keysAsCopied(config)) {
    if (config[name] !== null) continue
    let key = all.get(name)
    if (!key) {
      key = checkedKey(name, null, null)
      all.set(name, key)
      unknown.set(name, key)
    }
    key.errors.push('Null value can not be supplied as the configuration value.')
  }
  return hashMapOrder([...all.keys()]).flatMap(name => unknown.get(name) ?? [])
}

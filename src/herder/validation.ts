import { type ConfigInfos, type ConfigKeyInfo, configKeyInfos } from '../config/config-infos.ts'
import { withoutNulls } from '../config/connector/checked-key.ts'
import { frameworkSpec } from '../config/connector/framework.ts'
import { type ConnectorShape, nestedClasses } from '../config/connector/plugin-shape.ts'
import { rangeProblem, versionMismatch } from '../config/connector/plugin-version.ts'
import { unreadKeyWarnings, unresolvedReferences } from '../config/connector/unread-keys.ts'
import {
  BadRequestException,
  type ConnectorCheck,
  checkConnector,
  configInfos,
  hintsOf,
  validateConnector,
} from '../config/connector-config.ts'
import { Password } from '../config/password.ts'
import type { RawConfig } from '../config/validate.ts'
import { ConfigException, ConnectException, javaClassOf } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import { masked } from '../observe/secrets.ts'
import { MissingPlugins } from '../worker/missing-plugins.ts'
import type { PluginRegistry, PluginType } from '../worker/plugins.ts'
import type { ConfigResolver } from './config-resolver.ts'
import { HerderError, LacksPluginError } from './errors.ts'
import type { SubmittedConfig } from './herder.ts'
import { isOtherPlugin } from './other-plugins.ts'

const log = logger('org.apache.kafka.connect.runtime.AbstractHerder')

const LISTED: readonly PluginType[] = [
  'sink',
  'source',
  'converter',
  'header_converter',
  'transformation',
  'predicate',
]

/** Everything that a herder of either kind answers about configurations without changing anything. */
export class Validation {
  readonly #check: ConnectorCheck & { plugins: PluginRegistry }
  readonly #resolver: Pick<ConfigResolver, 'resolve'>
  readonly #missing: MissingPlugins

  constructor(
    check: ConnectorCheck & { plugins: PluginRegistry },
    resolver: Pick<ConfigResolver, 'resolve'>,
  ) {
    this.#check = check
    this.#resolver = resolver
    const { plugins, distributed } = check
    const exactlyOnce = distributed?.exactlyOnceSource === 'enabled'
    this.#missing = new MissingPlugins({ plugins, providers: new Set(), exactlyOnce })
  }

  /** The configuration to store, its references kept, or HerderError with Connect's text. */
  async checked(config: SubmittedConfig): Promise<Record<string, string>> {
    try {
      const { config: resolved, replaced } = await this.#resolved(config, error => error.message)
      const { keys, plugin } = await checkConnector(resolved, this.#check)
      const doubts = [...unreadKeyWarnings(config, keys, plugin), ...unresolvedReferences(config, replaced)]
      for (const doubt of doubts) log.warn(`Connector ${config['name']}: ${doubt}`)
      // Nulls of the connector's own keys pass validation in the JVM and break its start; here they are absent.
      return withoutNulls(config)
    } catch (error) {
      if (!(error instanceof ConnectException)) throw error
      if (error.hint !== undefined) log.warn(`Connector ${config['name']} is refused. ${error.hint}`)
      if (await this.#lacksPluginsAlone(config))
        throw new LacksPluginError('BAD_REQUEST', error.message).withHint(error.hint)
      throw HerderError.because(error instanceof BadRequestException ? 'BAD_REQUEST' : kindOf(error), error)
    }
  }

  /** Of a configuration that is refused: with the plugins that it names it might not be. */
  async #lacksPluginsAlone(config: SubmittedConfig): Promise<boolean> {
    try {
      const { config: resolved } = await this.#resolver.resolve(config)
      const lacking = new Set(this.#missing.of(withoutNulls(resolved)).map(({ key }) => key))
      if (lacking.has('connector.class')) return rangeProblem(resolved['connector.plugin.version']) === null
      const { keys } = await validateConnector(resolved, this.#check)
      const wrong = keys.filter(({ errors }) => errors.length > 0)
      return wrong.length > 0 && wrong.every(({ name }) => lacking.has(name))
    } catch (error) {
      log.debug(`Configuration ${config['name']} cannot be checked for plugins: ${(error as Error).message}`)
      return false
    }
  }

  /** Java: ConnectorPluginsResource.validateConfigs, AbstractHerder.validateConnectorConfig */
  async validated(plugin: string, config: SubmittedConfig): Promise<{ infos: ConfigInfos; hint?: string }> {
    const className = config['connector.class'] ?? null
    if (className !== null && !bare(className).endsWith(bare(plugin))) {
      throw new HerderError(
        'BAD_REQUEST',
        `Included connector type ${className} does not match request type ${plugin}`,
      )
    }
    try {
      const { config: resolved } = await this.#resolved(config, wrapped)
      const validation = await validateConnector(resolved, this.#check)
      const hint = hintsOf(validation.keys)
      const infos = withoutSecrets(configInfos(validation), config, resolved)
      return { infos, ...(hint !== undefined && { hint }) }
    } catch (error) {
      if (!(error instanceof ConnectException)) throw error
      // The JVM wraps what goes wrong here, so that even a bad request is a 500 with its class in the text.
      throw new HerderError(kindOf(error), wrapped(error)).withHint(error.hint)
    }
  }

  /** A provider that fails is not the doing of whoever asks. */
  async #resolved(config: SubmittedConfig, text: (error: ConnectException) => string) {
    try {
      return await this.#resolver.resolve(config)
    } catch (error) {
      if (!(error instanceof ConnectException)) throw error
      throw new HerderError('INTERNAL', text(error)).withHint(error.hint)
    }
  }

  /** Java: AbstractHerder.connectorPluginConfig */
  pluginConfig(name: string, version: string): ConfigKeyInfo[] {
    const { plugins } = this.#check
    if (rangeProblem(version) !== null)
      throw new HerderError('BAD_REQUEST', `Invalid version specification: ${version}`)
    const plugin = plugins.find(name)
    if (plugin === null) {
      if (LISTED.some(type => nestedClasses(name, type, plugins).length > 0))
        throw new HerderError('NO_PLUGIN').withHint(plugins.hint(name, LISTED))
      if (isOtherPlugin(name))
        throw new HerderError(
          'BAD_REQUEST',
          `Invalid plugin class ${name}. Valid types are ${LISTED.join(', ')}.`,
        )
      throw new HerderError('UNKNOWN_PLUGIN', name).withHint(plugins.hint(name, LISTED))
    }
    const mismatch = versionMismatch(plugin, version, plugins)
    if (mismatch !== null) throw new HerderError('BAD_REQUEST', mismatch)
    // The plugin's own definition of a key takes the place of the framework's.
    const framework =
      plugin.kind === 'source' || plugin.kind === 'sink' ? frameworkSpec(plugin as ConnectorShape) : {}
    return configKeyInfos({ ...plugin.config, ...framework, ...plugin.config })
  }
}

/** A configuration that is wrong is the client's doing; a plugin that fails is not. */
function kindOf(error: ConnectException): 'INVALID_CONFIG' | 'INTERNAL' {
  return error instanceof BadRequestException || error instanceof ConfigException
    ? 'INVALID_CONFIG'
    : 'INTERNAL'
}

const wrapped = (error: ConnectException) => `${javaClassOf(error)}: ${error.message}`

/** Invariant 5: where a provider's value was checked, the answer shows the reference; the JVM shows the value. */
function withoutSecrets(infos: ConfigInfos, raw: SubmittedConfig, resolved: RawConfig): ConfigInfos {
  const shown = (name: string, value: string | null) =>
    value !== null && value !== Password.HIDDEN && raw[name] !== resolved[name] ? (raw[name] ?? null) : value
  // Aliases that a provider gave stand in the definitions of their keys and in the names of groups.
  const named = ['transforms', 'predicates'].some(list => raw[list] !== resolved[list])
  const of = (name: string) => (named && /^(?:transforms|predicates)[.:]/i.test(name) ? masked : String)
  return {
    ...infos,
    name: shown('connector.class', infos.name) ?? infos.name,
    groups: infos.groups.map(group => of(group)(group)),
    configs: infos.configs.map(({ definition, value }) => {
      const text = of(value.name)
      return {
        definition: definition && {
          ...definition,
          name: text(definition.name),
          documentation: text(definition.documentation),
          group: definition.group && text(definition.group),
          display_name: text(definition.display_name),
        },
        value: {
          ...value,
          name: text(value.name),
          value: shown(value.name, value.value),
          errors: value.errors.map(masked),
        },
      }
    }),
  }
}

/** Java: ConnectorPluginsResource.normalizedPluginName */
function bare(name: string): string {
  return name.endsWith('Connector') && name.length > 'Connector'.length ? name.slice(0, -9) : name
}

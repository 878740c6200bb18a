/**
 * What of a connector's configuration this worker cannot run: classes that it lacks, versions that it has not, and
 * promises that it cannot keep.
 */
import {
  type ConnectorShape,
  nestedClasses,
  type PluginKind,
  type PluginShape,
} from '../config/connector/plugin-shape.ts'
import { rangeProblem, versionMismatch } from '../config/connector/plugin-version.ts'
import { javaTrim, parseValue } from '../config/parse.ts'
import { referencesIn } from '../config/providers/references.ts'
import { invalidValue } from '../config/validate.ts'
import { ConfigException, ConnectException } from '../data/errors.ts'
import type { Config } from '../sdk/plugin.ts'
import type { PluginRegistry } from './plugins.ts'

/** One thing that stands in the way. */
export interface MissingPlugin {
  /** Of the connector's configuration. */
  key: string
  /** As it is written there: class, version range, or name of a config provider. */
  name: string
  /** Where it is not that a class is missing. */
  why: string | null
  hint: string | null
  /**
   * What the start throws, in Java's words; null where the JVM starts the connector all the same, with the reference as
   * it is written.
   */
  error(): ConnectException | null
}

export interface WorkerAbilities {
  plugins: PluginRegistry
  /** Names of config providers. */
  providers: ReadonlySet<string>
  /** False where `exactly.once.support=required` of a source is a promise that this worker cannot keep. */
  exactlyOnce: boolean
}

const ALIASES = [
  ['transforms', 'transformation'],
  ['predicates', 'predicate'],
] as const
const CONVERTERS = [
  ['key.converter', 'converter'],
  ['value.converter', 'converter'],
  ['header.converter', 'header_converter'],
] as const

const EXACTLY_ONCE = 'exactly.once.support'
const NO_EXACTLY_ONCE = 'This worker does not have exactly-once source support enabled.'
const EXACTLY_ONCE_HINT =
  'This version of bunnect writes source records at least once: keep the connector on JVM workers, or set ' +
  `${EXACTLY_ONCE}=requested.`

/**
 * Looks for plugins as the start of connectors and tasks does, each name once: thousands of connectors share a few
 * classes. What is found is kept until the plugins of the worker change.
 */
export class MissingPlugins {
  readonly #worker: WorkerAbilities
  #edition: object | null = null
  readonly #connectors = new Map<string, ConnectorShape | ConnectException>()
  readonly #lookups = new Map<string, string | null>()

  constructor(worker: WorkerAbilities) {
    this.#worker = worker
  }

  /** In the order in which the JVM would stumble over them. References in class names are let be. */
  of(config: Config): MissingPlugin[] {
    if (this.#edition !== this.#worker.plugins.edition) {
      this.#edition = this.#worker.plugins.edition
      this.#connectors.clear()
      this.#lookups.clear()
    }
    const connector = this.#connector(config)
    return [
      ...connector.missing,
      ...ALIASES.flatMap(([list, kind]) => this.#aliases(config, list, kind)),
      ...CONVERTERS.flatMap(([key, kind]) => this.#converter(config, key, kind)),
      ...this.#nested(config, connector.plugin, ''),
      ...exactlyOnceProblem(config, connector.plugin, this.#worker.exactlyOnce),
      ...this.#providers(config),
    ]
  }

  #connector(config: Config): { plugin: ConnectorShape | null; missing: MissingPlugin[] } {
    const name = config['connector.class'] ?? ''
    if (isReference(name)) return { plugin: null, missing: [] }
    const known = this.#connectors.get(name) ?? this.#findConnector(name)
    this.#connectors.set(name, known)
    if (known instanceof ConnectException) {
      // A new one each time: whoever throws it has its own trace.
      const error = () => new ConnectException(known.message, hintOption(known.hint ?? null))
      return {
        plugin: null,
        missing: [{ key: 'connector.class', name, why: null, hint: known.hint ?? null, error }],
      }
    }
    return { plugin: known, missing: this.#version('connector.plugin.version', config, known) }
  }

  #findConnector(name: string): ConnectorShape | ConnectException {
    try {
      return this.#worker.plugins.connector(name)
    } catch (error) {
      if (error instanceof ConnectException) return error
      throw error
    }
  }

  #aliases(
    config: Config,
    list: 'transforms' | 'predicates',
    kind: 'transformation' | 'predicate',
  ): MissingPlugin[] {
    const written = config[list]
    if (written === undefined || isReference(written)) return []
    const aliases = parseValue('LIST', list, written).value as readonly string[]
    return [...new Set(aliases)].flatMap(alias => {
      const prefix = `${list}.${alias}.`
      const key = `${prefix}type`
      const given = config[key]
      if (given === undefined || isReference(given)) return []
      const missing = this.#class(key, given, kind)
      if (missing !== null) return [missing]
      const plugin = this.#worker.plugins.find(javaTrim(given), kind)
      if (plugin === null || plugin.kind !== kind) return []
      return [
        ...this.#version(`${prefix}plugin.version`, config, plugin),
        ...this.#nested(config, plugin, prefix),
      ]
    })
  }

  #converter(config: Config, key: string, kind: 'converter' | 'header_converter'): MissingPlugin[] {
    const given = config[key]
    // The worker's own converters have been looked at when it started.
    if (given === undefined || isReference(given)) return []
    const missing = this.#class(key, given, kind)
    if (missing !== null) return [missing]
    const plugin = this.#worker.plugins.find(javaTrim(given), kind)
    return plugin === null ? [] : this.#version(`${key}.plugin.version`, config, plugin)
  }

  /** Keys of a plugin's own that name converters. */
  #nested(config: Config, plugin: PluginShape | null, prefix: string): MissingPlugin[] {
    if (plugin === null) return []
    return Object.entries(plugin.config).flatMap(([own, { type }]) => {
      const given = config[prefix + own]
      if (type !== 'CLASS' || !own.endsWith('converter') || given === undefined || isReference(given))
        return []
      return this.#class(prefix + own, given, 'converter') ?? []
    })
  }

  #class(key: string, given: string, kind: PluginKind): MissingPlugin | null {
    const { plugins } = this.#worker
    const name = javaTrim(given)
    const id = `${kind} ${name}`
    let hint = this.#lookups.get(id)
    if (hint === undefined) {
      const isHere = plugins.resolveClass(name, key) !== null || nestedClasses(name, kind, plugins).length > 0
      hint = isHere ? null : plugins.hint(name, [kind])
      this.#lookups.set(id, hint)
    }
    if (hint === null) return null
    const error = () =>
      new ConfigException(invalidValue(key, given, `Class ${given} could not be found.`), hintOption(hint))
    return { key, name: given, why: null, hint, error }
  }

  #version(key: string, config: Config, plugin: PluginShape): MissingPlugin[] {
    const range = config[key]
    if (range === undefined || isReference(range) || rangeProblem(range) !== null) return []
    const why = versionMismatch(plugin, range, this.#worker.plugins)
    if (why === null) return []
    const hint = `Keep the connector on workers that have that version, or delete ${key}.`
    return [{ key, name: range, why, hint, error: () => new ConnectException(why, { hint }) }]
  }

  #providers(config: Config): MissingPlugin[] {
    const { providers } = this.#worker
    return Object.entries(config).flatMap(([key, value]) => {
      const names = referencesIn(value)
        .map(({ provider }) => provider)
        .filter(provider => PROVIDER.test(provider) && !providers.has(provider))
      return [...new Set(names)].map(name => ({
        key,
        name,
        why: `there is no config provider ${name}`,
        hint:
          `Name ${name} in config.providers of this worker. Where \${${name}:…} is no reference but text for the ` +
          'connector itself, bunnect.join.unsupported=allow lets it be.',
        error: () => null,
      }))
    })
  }
}

/** Other text between `${` and a colon is a pattern of the connector's own. */
const PROVIDER = /^[A-Za-z][\w.-]*$/

function exactlyOnceProblem(config: Config, plugin: ConnectorShape | null, isKept: boolean): MissingPlugin[] {
  const name = config[EXACTLY_ONCE]
  if (isKept || plugin?.kind !== 'source' || name?.trim().toLowerCase() !== 'required') return []
  const error = () => new ConnectException(NO_EXACTLY_ONCE, { hint: EXACTLY_ONCE_HINT })
  return [{ key: EXACTLY_ONCE, name, why: NO_EXACTLY_ONCE, hint: EXACTLY_ONCE_HINT, error }]
}

function isReference(value: string): boolean {
  return referencesIn(value).length > 0
}

function hintOption(hint: string | null): { hint?: string } {
  return hint === null ? {} : { hint }
}

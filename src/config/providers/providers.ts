/**
 * The config providers of a worker, by the names that references use. Java:
 * org.apache.kafka.common.config.ConfigTransformer, AbstractConfig.instantiateConfigProviders
 */
import { ConfigException } from '../../data/errors.ts'
import { parseValue } from '../parse.ts'
import { withPrefix } from '../prefix.ts'
import { invalidValue } from '../validate.ts'
import { directoryConfigProvider } from './directory.ts'
import { envVarConfigProvider } from './environment.ts'
import { fileConfigProvider } from './file.ts'
import type { ConfigProvider, ConfigProviderPlugin, ProviderLog } from './provider.ts'
import { type Reference, referencesIn, withReferencesReplaced } from './references.ts'

const BUILT_IN = [fileConfigProvider, directoryConfigProvider, envVarConfigProvider]

/** A reference and what stands for it now. */
export interface Replacement {
  reference: string
  value: string
}

export interface ResolvedConfig<V extends string | null = string> {
  config: Record<string, V>
  /** What has been replaced, each once. */
  replaced: readonly Replacement[]
  /** For how long the values of a path hold, in ms. */
  ttls: ReadonlyMap<string, number>
}

export class ConfigProviders {
  readonly #providers: ReadonlyMap<string, ConfigProvider>

  private constructor(providers: ReadonlyMap<string, ConfigProvider>) {
    this.#providers = providers
  }

  /**
   * Those of `config.providers`, of the classes that are built in or among `more`; one without a class is passed over,
   * as in the JVM. Throws ConfigException for a class or a parameter that cannot be used.
   */
  static open(
    worker: Readonly<Record<string, string>>,
    log: ProviderLog,
    more: readonly ConfigProviderPlugin[] = [],
  ): ConfigProviders {
    const plugins = [...BUILT_IN, ...more]
    const names = parseValue('LIST', 'config.providers', worker['config.providers'] ?? '')
      .value as readonly string[]
    const providers = new Map<string, ConfigProvider>()
    for (const name of names) {
      const key = `config.providers.${name}.class`
      const className = worker[key]
      if (className === undefined) continue
      const plugin = find(className.trim(), plugins)
      if (plugin === null) {
        log.error(`Could not load config provider class ${className}`)
        throw new ConfigException(
          invalidValue(key, className, 'Could not load config provider class or one of its dependencies'),
          { hint: `Known providers: ${plugins.map(known => known.className).join(', ')}.` },
        )
      }
      providers.set(name, plugin.create(withPrefix(worker, `config.providers.${name}.param.`), log))
    }
    return new ConfigProviders(providers)
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#providers.keys())
  }

  /** A configuration with the values that its references stand for. A provider's failure is a ConfigException. */
  async resolve<V extends string | null>(raw: Readonly<Record<string, V>>): Promise<ResolvedConfig<V>> {
    const wanted = this.#wanted(Object.values<string | null>(raw))
    const ttls = new Map<string, number>()
    const found = new Map<string, string>()
    for (const { provider, path, references } of wanted) {
      const { data, ttl } = await this.#ask(provider, path, references)
      if (ttl !== undefined && ttl >= 0) ttls.set(path, ttl)
      for (const { text, key } of references) {
        if (Object.hasOwn(data, key)) found.set(text, data[key]!)
      }
    }
    if (found.size === 0) return { config: { ...raw }, replaced: [], ttls }
    const replaced = (value: string | null) =>
      value === null ? null : withReferencesReplaced(value, ({ text }) => found.get(text) ?? null)
    // Not key by key: `__proto__` is one like any other.
    const config = Object.fromEntries(
      Object.entries<string | null>(raw).map(([key, value]) => [key, replaced(value)]),
    )
    return {
      config: config as Record<string, V>,
      replaced: [...found].map(([reference, value]) => ({ reference, value })),
      ttls,
    }
  }

  async close(): Promise<void> {
    for (const provider of this.#providers.values()) await provider.close?.()
  }

  /** The references of all values to providers that there are, by provider and path: each path is asked for once. */
  #wanted(values: readonly (string | null)[]): { provider: string; path: string; references: Reference[] }[] {
    if (this.#providers.size === 0) return []
    const all = values.flatMap(value => (value === null ? [] : referencesIn(value)))
    const known = all.filter(({ provider }) => this.#providers.has(provider))
    const groups = Map.groupBy(known, ({ provider, path }) => JSON.stringify([provider, path]))
    return [...groups.values()].map(references => {
      const { provider, path } = references[0]!
      return { provider, path, references }
    })
  }

  async #ask(provider: string, path: string, references: readonly Reference[]) {
    const keys = new Set(references.map(({ key }) => key))
    try {
      return await this.#providers.get(provider)!.get(path, keys)
    } catch (error) {
      const hint = error instanceof ConfigException && error.hint !== undefined ? ` ${error.hint}` : ''
      const place = path === '' ? '' : ` at ${path}`
      throw new ConfigException(error instanceof Error ? error.message : String(error), {
        cause: error,
        hint: `Config provider '${provider}' was asked for ${[...keys].join(', ')}${place}.${hint}`,
      })
    }
  }
}

/** By class name, simple name, or that without the suffix. Java: PluginUtils.prunedName */
function find(name: string, plugins: readonly ConfigProviderPlugin[]): ConfigProviderPlugin | null {
  const simple = (className: string) => className.slice(className.lastIndexOf('.') + 1)
  const names = (className: string) => [
    className,
    simple(className),
    simple(className).replace(/ConfigProvider$/, ''),
  ]
  return plugins.find(({ className }) => names(className).includes(name)) ?? null
}

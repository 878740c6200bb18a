import { connectorPasswords } from '../config/passwords.ts'
import { ConfigProviders, type Replacement, type ResolvedConfig } from '../config/providers/providers.ts'
import { referencesIn } from '../config/providers/references.ts'
import type { RawConfig } from '../config/validate.ts'
import { ConfigException, causes, javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import { hide } from '../observe/secrets.ts'
import type { Config, ConfigProviderPlugin } from '../sdk/plugin.ts'
import { LONGEST_TIMER, within } from '../waiting/deadline.ts'
import type { PluginRegistry } from '../worker/plugins.ts'

const log = logger('org.apache.kafka.connect.runtime.WorkerConfigTransformer')

export interface ConfigResolverOptions {
  /** The worker's own configuration: `config.providers` and what belongs to it. */
  worker: Config
  plugins: Pick<PluginRegistry, 'find'>
  /** Config providers besides the built-in ones. */
  providers?: readonly ConfigProviderPlugin[] | undefined
  /** How long one resolution may take: the providers read files. */
  timeoutMs: number
}

/** A connector's or task's configuration as its plugin is to get it. */
export interface ResolvedConnector {
  config: Record<string, string>
  replaced: readonly Replacement[]
  /** What may stand in none of its outputs (invariant 5): what providers gave, and passwords. */
  secrets: readonly string[]
}

/**
 * Puts values for references where they are used: connectors and tasks that start, and configurations that are
 * checked; what is stored and shown keeps the references. A value that holds for a time only restarts its connector
 * when that is over. Java: org.apache.kafka.connect.runtime.WorkerConfigTransformer
 */
export class ConfigResolver {
  readonly #options: ConfigResolverOptions
  readonly #providers: ConfigProviders
  readonly #reloads = new Map<string, Map<string, Timer>>()
  /** Set by the herder. */
  onExpired: (connector: string) => Promise<void> = async () => {}

  /** Throws ConfigException for a provider that cannot be made. */
  constructor(options: ConfigResolverOptions) {
    this.#options = options
    this.#providers = ConfigProviders.open(options.worker, log, options.providers)
  }

  /** Names of the providers that references may name. */
  get providers(): ReadonlySet<string> {
    return this.#providers.names
  }

  /** For a check alone; what is found is hidden from now on. */
  async resolve(raw: RawConfig): Promise<ResolvedConfig<string | null>> {
    const resolved = await this.#resolve(raw)
    hide(this.#secrets(resolved))
    return resolved
  }

  /** For use. Throws ConfigException when a provider fails. */
  async resolveFor(connector: string, raw: Config): Promise<ResolvedConnector> {
    const resolved = await this.#resolve(raw)
    const secrets = this.#secrets(resolved)
    hide(secrets)
    const { config, replaced, ttls } = resolved
    if ((raw['config.action.reload']?.trim() ?? 'restart').toLowerCase() === 'restart') {
      for (const [path, ttl] of ttls) this.#scheduleReload(connector, path, ttl)
    }
    return { config, replaced, secrets }
  }

  /** The connector is gone: nothing restarts it any more. */
  forget(connector: string): void {
    for (const timer of this.#reloads.get(connector)?.values() ?? []) clearTimeout(timer)
    this.#reloads.delete(connector)
  }

  async close(): Promise<void> {
    for (const connector of [...this.#reloads.keys()]) this.forget(connector)
    await this.#providers.close()
  }

  async #resolve<V extends string | null>(raw: Readonly<Record<string, V>>): Promise<ResolvedConfig<V>> {
    const { timeoutMs } = this.#options
    return await within(this.#providers.resolve(raw), timeoutMs, () => {
      const names = Object.values<string | null>(raw).flatMap(value =>
        value === null ? [] : referencesIn(value).map(({ provider, path }) => `${provider}:${path}`),
      )
      throw new ConfigException(
        `Config providers did not answer within ${timeoutMs} ms: ${[...new Set(names)].join(', ')}`,
      )
    })
  }

  #secrets({ config, replaced }: ResolvedConfig<string | null>): string[] {
    return [...replaced.map(({ value }) => value), ...connectorPasswords(config, this.#options.plugins)]
  }

  #scheduleReload(connector: string, path: string, ttl: number): void {
    const timers = this.#reloads.get(connector) ?? new Map<string, Timer>()
    this.#reloads.set(connector, timers)
    clearTimeout(timers.get(path))
    log.info(`Scheduling a restart of connector ${connector} in ${ttl} ms`)
    const restart = () => {
      timers.delete(path)
      this.onExpired(connector).catch(error => {
        log.error(`Unexpected error during connector restart: ${causes(error)}`, javaTrace(error))
        // It goes on with the old value: a provider that was away for a moment is asked again.
        if (this.#reloads.get(connector) === timers && !timers.has(path))
          this.#scheduleReload(connector, path, ttl)
      })
    }
    const timer = setTimeout(restart, Math.min(ttl, LONGEST_TIMER))
    timer.unref()
    timers.set(path, timer)
  }
}

/** Shorter values are not looked for inside others: too much of ordinary text is like them. */
const SHORTEST_PART = 8
const SHORTEST_WHOLE = 4

/**
 * Task configurations as they are stored and shown: what a connector made of resolved values has its references back.
 * Beyond the JVM, which does this for the connector's own keys, values that a plugin put under other keys are found.
 * Java: ConnectUtils.reverseTransform
 */
export function withReferences(
  tasks: readonly Config[],
  raw: Config,
  { config: resolved, replaced }: Pick<ResolvedConnector, 'config' | 'replaced'>,
): Record<string, string>[] {
  const own = Object.entries(raw).filter(([, value]) => referencesIn(value).length > 0)
  if (own.length === 0) return tasks.map(task => ({ ...task }))
  const ofKeys = new Map(own)
  const whole = new Map<string, string>()
  for (const [key, value] of own) {
    const found = resolved[key]
    if (found !== undefined && found !== value && found.trim().length >= SHORTEST_WHOLE)
      whole.set(found, value)
  }
  const parts = replaced.filter(({ value }) => value.trim().length >= SHORTEST_PART)
  const hidden = (value: string) => {
    const known = whole.get(value)
    if (known !== undefined) return known
    return parts.reduce((text, part) => text.replaceAll(part.value, () => part.reference), value)
  }
  return tasks.map(task =>
    Object.fromEntries(
      Object.entries(task).map(([key, value]) => [key, ofKeys.get(key) ?? hidden(value)] as const),
    ),
  )
}

/** Where values come from that must not stand in a configuration. Java: org.apache.kafka.common.config.provider.ConfigProvider */

type Awaitable<T> = T | Promise<T>

/** Java: org.apache.kafka.common.config.ConfigData */
export interface ConfigData {
  /** By key; a key that is not in it is left as the reference that it was. */
  data: Readonly<Record<string, string>>
  /** How long it holds, in ms; then connectors that use it are restarted. Without it: for ever. */
  ttl?: number
}

export interface ConfigProvider {
  /**
   * The keys asked for (all that there are when none is named) below `path`, which is empty in `${provider:key}`.
   * Throws ConfigException; its text names path and key, never a value.
   */
  get(path: string, keys?: ReadonlySet<string>): Awaitable<ConfigData>
  close?(): Awaitable<void>
}

/** Where a provider tells why it gives nothing. */
export interface ProviderLog {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export interface ConfigProviderPlugin {
  readonly kind: 'config-provider'
  /** The Java class that users name. */
  className: string
  version: string
  /** `params` are the keys below `config.providers.X.param.`, prefix stripped. Throws ConfigException. */
  create(params: Readonly<Record<string, string>>, log: ProviderLog): ConfigProvider
}

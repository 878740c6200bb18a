import type { ConfigSpec, Parsed } from '../keys.ts'
import type { ClassResolver } from '../parse.ts'
import type { ConfigProblem } from '../validate.ts'

/** What validation has to know of a plugin. */
export interface PluginShape {
  kind: 'source' | 'sink' | 'converter' | 'transformation' | 'predicate'
  className: string
  version: string
  config: ConfigSpec
  converter?: unknown
  headerConverter?: unknown
  /** A sink's: cut batches may be put again. */
  idempotentPut?: boolean | ((config: Readonly<Record<string, string>>) => boolean)
  exactlyOnceSupport?(config: Parsed<ConfigSpec>): 'SUPPORTED' | 'UNSUPPORTED'
  /** What no single key's validator can see. */
  validate?(
    config: Readonly<Record<string, string>>,
  ): readonly ConfigProblem[] | Promise<readonly ConfigProblem[]>
}

export type ConnectorShape = PluginShape & { kind: 'source' | 'sink' }

/** The kinds of plugins that REST tells apart. */
export type PluginKind = 'sink' | 'source' | 'transformation' | 'predicate' | 'converter' | 'header_converter'

export interface KnownPlugins {
  /** Throws ConnectException for an unknown class. */
  connector(classOrAlias: string): ConnectorShape
  /** Of a class that is several kinds of plugin the one of `kind`, if it is one. */
  find(classOrAlias: string, kind?: PluginKind): PluginShape | null
  readonly resolveClass: ClassResolver
  /** Every plugin under each of its kinds, in the order of REST. */
  list(connectorsOnly: boolean): readonly { class: string; type: PluginKind; version: string }[]
  /** What to do about a class that nobody here knows, if anything can be said. */
  hint?(className: string, kinds: readonly PluginKind[]): string | undefined
}

/** What a connector's configuration is checked against. */
export interface ConnectorCheck {
  plugins: KnownPlugins
  /** The worker's configuration as written. */
  worker: Readonly<Record<string, string>>
  /** Of a distributed worker only: standalone ones do not look at these things. */
  distributed?: { groupId: string; exactlyOnceSource: 'disabled' | 'preparing' | 'enabled' }
  /** How long one plugin may take over its `validate`; the default of `bunnect.plugin.timeout.ms` unless given. */
  pluginTimeoutMs?: number
}

/** Whether cut batches may be put again with that configuration. */
export function repeatsPut(
  { idempotentPut }: Pick<PluginShape, 'idempotentPut'>,
  config: Readonly<Record<string, string>>,
): boolean {
  return typeof idempotentPut === 'function' ? idempotentPut(config) : idempotentPut === true
}

/** True if the plugin can serve as that kind. */
export function serves(plugin: PluginShape, kind: PluginKind): boolean {
  if (kind === 'converter') return plugin.converter !== undefined
  if (kind === 'header_converter') return plugin.headerConverter !== undefined
  return plugin.kind === kind
}

/** The classes of that kind: what a key may be set to. */
export function classesOf(kind: PluginKind, plugins: KnownPlugins): string[] {
  return plugins.list(false).flatMap(plugin => (plugin.type === kind ? [plugin.class] : []))
}

/** Whether a class of that name holds plugins of that kind as its nested classes, and which. */
export function nestedClasses(className: string, kind: PluginKind, plugins: KnownPlugins): string[] {
  return classesOf(kind, plugins).filter(known => known.startsWith(`${className}$`))
}

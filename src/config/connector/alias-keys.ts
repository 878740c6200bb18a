/**
 * The keys below `transforms.A.` and `predicates.P.`: two of the framework, the plugin's own, and for a
 * transformation those of its predicate. Java: ConnectorConfig.enrich and its EnrichablePlugin
 */
import { ConfigException } from '../../data/errors.ts'
import { type ConfigSpec, type KeySpec, key } from '../keys.ts'
import { parseValue } from '../parse.ts'
import { withPrefix } from '../prefix.ts'
import { invalidValue, type RawConfig, validateKey } from '../validate.ts'
import type { Sentence } from '../validators.ts'
import { ifGiven, satisfies } from '../validators.ts'
import { type CheckedKey, checkedKey } from './checked-key.ts'
import { classesOf, type KnownPlugins, nestedClasses, type PluginShape, serves } from './plugin-shape.ts'
import { rangeProblem, versionMismatch } from './plugin-version.ts'
import { sortedKeys } from './sorted-keys.ts'

interface AliasKind {
  /** The key with the aliases, and what every alias' keys begin with. */
  list: 'transforms' | 'predicates'
  kind: 'transformation' | 'predicate'
  /** Java's interface. */
  type: 'Transformation' | 'Predicate'
  group: string
}

const KINDS: readonly AliasKind[] = [
  { list: 'transforms', kind: 'transformation', type: 'Transformation', group: 'Transforms' },
  { list: 'predicates', kind: 'predicate', type: 'Predicate', group: 'Predicates' },
]

/** Of every transformation, whatever the plugin says of keys with these names. Java: TransformationStage */
const predicateKeys = {
  predicate: key.string({
    doc: 'The alias of a predicate used to determine whether to apply this transformation.',
    importance: 'medium',
    default: null,
  }),
  negate: key.boolean({
    doc: 'Whether the configured predicate should be negated.',
    importance: 'medium',
    default: false,
  }),
}

/** A transformation or predicate that is configured, with its keys. */
export interface AliasedPlugin {
  /** `transforms.A.`, which its keys stand below. */
  prefix: string
  plugin: PluginShape
}

/**
 * The keys of all aliases, in the order of the JVM's answer, and the plugins that were found. What is wrong
 * with one alias as a whole is told at its `….type`, and its own keys are left out.
 */
export function aliasKeys(
  config: RawConfig,
  plugins: KnownPlugins,
): { keys: CheckedKey[]; found: AliasedPlugin[] } {
  const keys: CheckedKey[] = []
  const found: AliasedPlugin[] = []
  for (const kind of KINDS) {
    for (const alias of aliases(config, kind)) {
      const one = new Alias(alias, kind, config, plugins)
      keys.push(...one.checkedKeys())
      if (one.plugin) found.push({ prefix: one.prefix, plugin: one.plugin })
    }
  }
  return { keys, found }
}

/**
 * The definition with the keys of all aliases, as a task needs it. Throws ConfigException for an alias that
 * cannot be made. Java: ConnectorConfig.enrich(…, requireFullConfig = true)
 */
export function enrichedSpec(base: ConfigSpec, config: RawConfig, plugins: KnownPlugins): ConfigSpec {
  const specs = KINDS.flatMap(kind =>
    aliases(config, kind).map(alias => new Alias(alias, kind, config, plugins).fullSpec()),
  )
  return Object.assign({ ...base }, ...specs)
}

/** Each alias once; an empty element is an alias of its own. */
function aliases(config: RawConfig, { list }: AliasKind): string[] {
  const parsed = parseValue('LIST', list, config[list] ?? null).value as readonly string[] | null
  return [...new Set(parsed ?? [])]
}

class Alias {
  readonly prefix: string
  readonly #type: string
  readonly #version: string
  readonly #class: string | null
  /** Named by exactly these characters: only then its own keys are known, as in the JVM. */
  readonly plugin: PluginShape | null

  constructor(
    readonly alias: string,
    readonly kind: AliasKind,
    readonly config: RawConfig,
    readonly plugins: KnownPlugins,
  ) {
    this.prefix = `${kind.list}.${alias}.`
    this.#type = `${this.prefix}type`
    this.#version = `${this.prefix}plugin.version`
    this.#class = parseValue('CLASS', this.#type, config[this.#type] ?? null, this.#resolve).value as string
    this.plugin = this.#classProblem() === null ? this.#named() : null
  }

  checkedKeys(): CheckedKey[] {
    const { config, plugins, kind, plugin } = this
    const fixed = this.#fixedSpec()
    const type = this.#checked(this.#type, fixed[this.#type]!)
    type.recommended = classesOf(kind.kind, plugins)
    const given = config[this.#type]
    const hint = type.value === null && given ? plugins.hint?.(given, [kind.kind]) : undefined
    if (hint !== undefined) type.hint = hint
    const version = this.#checked(this.#version, fixed[this.#version]!)
    const known = this.#class === null ? null : plugins.find(this.#class, kind.kind)
    if (known && serves(known, kind.kind)) version.recommended = [known.version]
    const own = plugin ? Object.entries(this.#ownSpec(plugin)) : []
    return [type, version, ...own.map(([name, spec]) => this.#checked(name, spec))]
  }

  /** Java throws the first problem of an alias before any value is looked at. */
  fullSpec(): ConfigSpec {
    const problem = this.#class === null ? this.#missing() : this.#classProblem()
    if (problem !== null) throw new ConfigException(problem)
    return { ...this.#fixedSpec(), ...(this.plugin && this.#ownSpec(this.plugin)) }
  }

  #checked(name: string, spec: KeySpec<unknown>): CheckedKey {
    const own = name.slice(this.prefix.length)
    // Whole sentences of the two fixed keys hold no name; the plugin's validators know their keys unprefixed.
    const { value, errors } = validateKey(name, spec, this.config, this.#resolve, own)
    return checkedKey(name, spec, value, errors)
  }

  #fixedSpec(): Record<string, KeySpec<unknown>> {
    const { alias, kind } = this
    const group = `${kind.group}: ${alias}`
    const named = this.#named()
    return {
      [this.#type]: key.class({
        doc: `Class for the '${alias}' ${kind.kind}.`,
        importance: 'high',
        validator: satisfies<string>(value => asSentence(this.#negateProblem() ?? this.#problemOf(value))),
        group,
        orderInGroup: 0,
        width: 'long',
        displayName: `${kind.type} type for ${alias}`,
      }),
      [this.#version]: key.string({
        doc: `Version of the '${alias}' ${kind.kind}.`,
        importance: 'high',
        default: named && serves(named, kind.kind) ? named.version : null,
        validator: ifGiven<string>(value => asSentence(this.#versionProblem(value))),
        group,
        orderInGroup: 1,
        width: 'long',
        displayName: `${kind.type} version for ${alias}`,
      }),
    }
  }

  /** Java: ConfigDef.embed */
  #ownSpec(plugin: PluginShape): ConfigSpec {
    const group = `${this.kind.group}: ${this.alias}`
    const implicit: ConfigSpec = this.kind.list === 'transforms' ? predicateKeys : {}
    const spec = { ...plugin.config, ...implicit }
    return Object.fromEntries(
      sortedKeys(spec).map(([name, own], i) => [
        this.prefix + name,
        {
          ...own,
          group: own.group === null ? group : `${group}: ${own.group}`,
          orderInGroup: i + 2,
          displayName: own.displayName ?? name,
          dependents: own.dependents.map(dependent => this.prefix + dependent),
        },
      ]),
    )
  }

  /** An outer class of nested plugins is a class too. */
  readonly #resolve = (name: string, at: string): string | null => {
    const found = this.plugins.resolveClass(name, at)
    if (found !== null || at !== this.#type) return found
    return nestedClasses(name, this.kind.kind, this.plugins).length > 0 ? name : null
  }

  #named(): PluginShape | null {
    const given = this.config[this.#type] ?? null
    return given === null ? null : this.plugins.find(given, this.kind.kind)
  }

  #missing(): string {
    const given = this.config[this.#type]
    if (typeof given === 'string')
      return invalidValue(this.#type, given, `Class ${given} could not be found.`)
    return invalidValue(this.#type, null, `Not a ${this.kind.type}`)
  }

  #classProblem(): string | null {
    return this.#class === null ? this.#missing() : this.#problemOf(this.#class)
  }

  /** Java: EnrichablePlugin.getConfigDefFromPlugin, Utils.ensureConcreteSubclass */
  #problemOf(className: string | null): string | null {
    if (className === null) return null // Its parser, or its being missing, has been told.
    const { kind, plugins, config } = this
    const requirement = config[this.#version]
    const range = rangeProblem(requirement)
    if (range !== null) return range
    const found = plugins.find(className, kind.kind)
    if (!found) {
      const nested = nestedClasses(className, kind.kind, plugins).join(', ')
      return `This class is abstract and cannot be created. Did you mean ${nested}?`
    }
    if (!serves(found, kind.kind))
      return `Class class ${className} does not implement the ${kind.type} interface`
    return versionMismatch(found, requirement, plugins)
  }

  #negateProblem(): string | null {
    if (this.kind.list !== 'transforms') return null
    const [negate, predicate] = [`${this.prefix}negate`, `${this.prefix}predicate`]
    return Object.hasOwn(this.config, negate) && !Object.hasOwn(this.config, predicate)
      ? `Config '${negate}' was provided but there is no config '${predicate}' defining a predicate to be negated.`
      : null
  }

  #versionProblem(requirement: string): string | null {
    if ((this.config[this.#type] ?? null) === null) return null
    const range = rangeProblem(requirement)
    if (range !== null) return range
    const named = this.#named()
    return named && serves(named, this.kind.kind) ? versionMismatch(named, requirement, this.plugins) : null
  }
}

function asSentence(text: string | null): Sentence | null {
  return text === null ? null : { sentence: text }
}

/** What a transformation or predicate is made from: its keys without the prefix and without its predicate's. */
export function aliasConfig(config: RawConfig, { prefix, plugin }: AliasedPlugin): RawConfig {
  const own = withPrefix(config, prefix)
  if (plugin.kind === 'transformation') {
    delete own['predicate']
    delete own['negate']
  }
  return own
}

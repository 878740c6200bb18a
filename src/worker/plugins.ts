/**
 * The plugins that this worker can make, by Java class name and alias.
 * Java: org.apache.kafka.connect.runtime.isolation.Plugins, PluginUtils
 */
import type { ClassResolver } from '../config/parse.ts'
import { nearest } from '../config/unknown-keys.ts'
import { ConnectException } from '../data/errors.ts'
import type {
  ConnectorPlugin,
  ConverterPlugin,
  Plugin,
  PredicatePlugin,
  TransformationPlugin,
} from '../sdk/plugin.ts'

export type PluginType = 'sink' | 'source' | 'transformation' | 'predicate' | 'converter' | 'header_converter'

/** An entry of `GET /connector-plugins`. Java: PluginInfo */
export interface ListedPlugin {
  class: string
  type: PluginType
  version: string
}

export interface PluginRegistry {
  /** Throws ConnectException with the JVM's text for an unknown or ambiguous name. */
  connector(classOrAlias: string): ConnectorPlugin
  /** Converters and header converters alike. Throws ConnectException for anything else. */
  converter(classOrAlias: string): ConverterPlugin
  transformation(classOrAlias: string): TransformationPlugin
  predicate(classOrAlias: string): PredicatePlugin
  /**
   * The plugin of that class or alias, or null. Of a class that is several kinds of plugin (bunnect.Script) the one of
   * `type`; without, or where none is of that type, the first.
   */
  find(classOrAlias: string, type?: PluginType): Plugin | null
  /** Class values of configuration keys: converters, transforms and predicates are looked up, others let be. */
  readonly resolveClass: ClassResolver
  /**
   * Sinks, sources, transformations, predicates, converters, header converters, each by class name: the JVM's order.
   * Without the unlisted ones.
   */
  list(connectorsOnly: boolean): ListedPlugin[]
  /** What to do about a name that no plugin of these types has. */
  hint(name: string, types: readonly PluginType[]): string
  /** Another one when the plugins have changed: what was found before may no longer hold. */
  readonly edition: object
}

/**
 * Aliases that two classes share are dropped, as in the JVM. `elsewhere` tells what is known of a class that is no
 * plugin here, for example that it stands in a jar of `plugin.path`: it becomes the hint of an unknown class.
 */
export function pluginRegistry(
  plugins: readonly Plugin[],
  elsewhere: (className: string) => string | undefined = () => undefined,
): PluginRegistry {
  const byClass = Map.groupBy(plugins, plugin => plugin.className)
  const aliases = aliasesOf(plugins)
  const connectors = plugins.filter(isConnector)

  const find = (name: string, type?: PluginType) => {
    const found = byClass.get(name) ?? byClass.get(aliases.get(name) ?? '') ?? []
    return found.find(plugin => type === undefined || typesOf(plugin).includes(type)) ?? found[0] ?? null
  }

  return {
    edition: {},
    find,
    connector(name) {
      const found = find(name)
      if (found && isConnector(found)) return found
      const matches = found ? [] : connectors.filter(plugin => matchesSimpleName(plugin, name))
      if (matches.length === 1) return matches[0]!
      const available = connectors.filter(isListed).sort(byClassName).map(describe).join(', ')
      if (matches.length > 1) {
        throw new ConnectException(
          `More than one connector matches alias ${name}. Please use full package and class name instead. Classes found: ${available}`,
        )
      }
      throw new ConnectException(
        `Failed to find any class that implements Connector and which name matches ${name}, available connectors are: ${available}`,
        meant(name, connectors, elsewhere(name)),
      )
    },
    converter(name) {
      const found = find(name)
      if (found?.kind === 'converter') return found
      throw unknownClass('org.apache.kafka.connect.storage.Converter', name, this.hint(name, CONVERTERS))
    },
    transformation(name) {
      const found = find(name, 'transformation')
      if (found?.kind === 'transformation') return found
      throw unknownClass(
        'org.apache.kafka.connect.transforms.Transformation',
        name,
        this.hint(name, ['transformation']),
      )
    },
    predicate(name) {
      const found = find(name, 'predicate')
      if (found?.kind === 'predicate') return found
      throw unknownClass(
        'org.apache.kafka.connect.transforms.predicates.Predicate',
        name,
        this.hint(name, ['predicate']),
      )
    },
    resolveClass(name, key) {
      const isPluginKey = key.endsWith('converter') || /^(?:transforms|predicates)\..*\.type$/.test(key)
      return isPluginKey ? (find(name)?.className ?? null) : name
    },
    list(connectorsOnly) {
      const types: PluginType[] = connectorsOnly
        ? ['sink', 'source']
        : ['sink', 'source', 'transformation', 'predicate', 'converter', 'header_converter']
      return types.flatMap(type => listOf(plugins, type))
    },
    hint(name, types) {
      const told = elsewhere(name)
      if (told !== undefined) return told
      const known = types.flatMap(type => listOf(plugins, type))
      const inside = known.flatMap(({ class: className }) =>
        className.endsWith(`.${name}`) || className.includes(`${name}$`) ? [className] : [],
      )
      const near = nearest(name, known.flatMap(namesOf))
      const meant = inside.length > 0 ? [...new Set(inside)].join(' or ') : near && fullName(near, known)
      if (meant !== null) return `Did you mean ${meant}?`
      const classes = [...new Set(known.map(plugin => plugin.class))]
      return classes.length > FEW ? NOT_HERE : `This worker has ${classes.join(', ')}.`
    },
  }
}

/** As many names as a person reads. */
const FEW = 12
const NOT_HERE =
  'It is neither built in nor on plugin.path; GET /connector-plugins?connectorsOnly=false lists what is.'

/** A nested class has no alias: what was written without its package needs it. */
function fullName(name: string, known: readonly ListedPlugin[]): string {
  if (!name.includes('$') || name.includes('.')) return name
  return known.find(plugin => plugin.class.endsWith(`.${name}`))?.class ?? name
}

/** Class, its name without the package, and the aliases that are told from that. */
function namesOf({ class: className, type }: ListedPlugin): string[] {
  if (className.includes('$')) return [className, className.slice(className.lastIndexOf('.') + 1)]
  const simple = simpleName(className)
  return [className, simple, prunedName(simple, SUFFIX[type])]
}

/** The last part of a Java class name; of a nested class its own name. Java: Class.getSimpleName */
function simpleName(className: string): string {
  return className.slice(Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')) + 1)
}

/** `name` up to the last occurrence of `suffix`, unless that leaves nothing. Java: PluginUtils.prunePluginName */
function prunedName(name: string, suffix: string): string {
  const at = name.lastIndexOf(suffix)
  return at > 0 ? name.slice(0, at) : name
}

function isConnector(plugin: Plugin): plugin is ConnectorPlugin {
  return plugin.kind === 'source' || plugin.kind === 'sink'
}

function isListed(plugin: Plugin): boolean {
  return plugin.unlisted !== true
}

const CONVERTERS: readonly PluginType[] = ['converter', 'header_converter']

function unknownClass(kind: string, name: string, hint: string): ConnectException {
  return new ConnectException(
    `Failed to find any class that implements interface ${kind} and which name matches ${name}`,
    { hint },
  )
}

function typesOf(plugin: Plugin): PluginType[] {
  if (plugin.kind !== 'converter') return [plugin.kind]
  const types: PluginType[] = []
  if (plugin.converter) types.push('converter')
  if (plugin.headerConverter) types.push('header_converter')
  return types
}

const SUFFIX: Readonly<Record<PluginType, string>> = {
  sink: 'Connector',
  source: 'Connector',
  transformation: 'Transformation',
  predicate: 'Predicate',
  converter: 'Converter',
  header_converter: 'HeaderConverter',
}

function aliasesOf(plugins: readonly Plugin[]): Map<string, string> {
  const classes = new Map<string, Set<string>>()
  for (const plugin of plugins) {
    if (plugin.unaliased === true) continue
    const simple = simpleName(plugin.className)
    const names = [simple, ...typesOf(plugin).map(type => prunedName(simple, SUFFIX[type]))]
    for (const name of names) {
      const known = classes.get(name)
      if (known) known.add(plugin.className)
      else classes.set(name, new Set([plugin.className]))
    }
  }
  const aliases = new Map<string, string>()
  for (const [name, owners] of classes) {
    if (owners.size === 1) for (const owner of owners) aliases.set(name, owner)
  }
  return aliases
}

function matchesSimpleName(plugin: Plugin, name: string): boolean {
  if (plugin.unaliased === true) return false
  const simple = simpleName(plugin.className)
  return simple === name || simple === `${name}Connector`
}

/** The class or alias that a slip of the keyboard may have missed, as the hint of an error. */
function meant(
  name: string,
  connectors: readonly ConnectorPlugin[],
  told: string | undefined,
): { hint: string } {
  if (told !== undefined) return { hint: told }
  const names = connectors.flatMap(({ className }) => {
    const simple = simpleName(className)
    return [className, simple, prunedName(simple, 'Connector')]
  })
  const near = nearest(name, names)
  return {
    hint:
      near === null
        ? 'It is neither built in nor on plugin.path; a connector made for Java runs on a JVM worker.'
        : `Did you mean ${near}?`,
  }
}

function listOf(plugins: readonly Plugin[], type: PluginType): ListedPlugin[] {
  return plugins
    .filter(plugin => isListed(plugin) && typesOf(plugin).includes(type))
    .sort(byClassName)
    .map(plugin => ({ class: plugin.className, type, version: plugin.version }))
}

function byClassName(a: Plugin, b: Plugin): number {
  return a.className < b.className ? -1 : a.className > b.className ? 1 : 0
}

/** Java: PluginDesc.toString */
function describe(plugin: ConnectorPlugin): string {
  const { className, version, kind } = plugin
  return `PluginDesc{klass=class ${className}, name='${className}', version='${version}', encodedVersion=${version}, type=${kind}, typeName='${kind}', location='classpath'}`
}

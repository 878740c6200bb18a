/**
 * With which settings a source connector's tasks create a topic. Java: org.apache.kafka.connect.util.TopicCreationGroup,
 * org.apache.kafka.connect.runtime.{SourceConnectorConfig,TopicCreationConfig} (KIP-158)
 */
import * as v from 'valibot'
import { ConfigException } from '../../data/errors.ts'
import { JavaRegexError, javaRegex } from '../java-regex.ts'
import { type KeySpec, key } from '../keys.ts'
import { parseValue } from '../parse.ts'
import { withPrefix } from '../prefix.ts'
import { invalidValue, missingKey, type RawConfig } from '../validate.ts'
import { ifGiven, partitionCount, replicationFactor } from '../validators.ts'

export interface TopicCreationGroup {
  readonly name: string
  /** -1 = the broker's default. */
  readonly partitions: number
  /** -1 = the broker's default. */
  readonly replicationFactor: number
  /** Topic configs, as the broker is to get them. */
  readonly configs: Readonly<Record<string, string>>
  matches(topic: string): boolean
}

export interface TopicCreationSettings {
  /** In the order in which they are tried; the default group is the last and matches everything. */
  readonly groups: readonly TopicCreationGroup[]
  /** Each is a line for the log. */
  readonly warnings: readonly string[]
}

const PREFIX = 'topic.creation.'
const DEFAULT = 'default'
const OF_THE_GROUP = new Set(['include', 'exclude', 'replication.factor', 'partitions'])

/** Java: TopicCreationConfig.REGEX_VALIDATOR */
const regexes = ifGiven<readonly string[]>(list => {
  for (const pattern of list) {
    try {
      javaRegex(pattern)
    } catch (error) {
      if (error instanceof JavaRegexError) return `Syntax error in regular expression: ${error.message}`
      throw error
    }
  }
  return null
})

const patterns = key.list({
  doc: 'A list of regular expression literals used to match the topic names used by the source connector.',
  importance: 'low',
  default: [],
  validator: regexes,
})
const factor = key.short({
  doc: "The replication factor for new topics created for this connector using this group; -1 is the broker's default.",
  importance: 'low',
  validator: replicationFactor,
})
const partitions = key.int({
  doc: "The number of partitions of new topics created for this connector; -1 is the broker's default.",
  importance: 'low',
  validator: partitionCount,
})

/**
 * The groups of a connector; null where it has no `topic.creation.` key at all and topics are the broker's affair.
 * Throws ConfigException with the JVM's text for the first key that cannot be used.
 */
export function topicCreationSettings(connector: RawConfig): TopicCreationSettings | null {
  if (!Object.keys(connector).some(name => name.startsWith(PREFIX))) return null
  const all = `${PREFIX}${DEFAULT}.`
  const fallback = {
    'replication.factor': embedded(connector, all, 'replication.factor', factor),
    partitions: embedded(connector, all, 'partitions', partitions),
  }
  const listed = parseValue('LIST', `${PREFIX}groups`, connector[`${PREFIX}groups`] ?? '')
    .value as readonly string[]
  const names = [...new Set(listed)].filter(name => name !== DEFAULT)
  return {
    groups: [
      ...names.map(name => group(connector, name, fallback)),
      {
        name: DEFAULT,
        partitions: fallback.partitions,
        replicationFactor: fallback['replication.factor'],
        configs: topicConfigs(connector, all),
        matches: () => true,
      },
    ],
    warnings: listed.includes(DEFAULT)
      ? [`'${DEFAULT}' topic creation group always exists and does not need to be listed explicitly`]
      : [],
  }
}

function group(
  connector: RawConfig,
  name: string,
  fallback: { 'replication.factor': number; partitions: number },
): TopicCreationGroup {
  const prefix = `${PREFIX}${name}.`
  const include = anyOf(embedded(connector, prefix, 'include', patterns))
  const exclude = anyOf(embedded(connector, prefix, 'exclude', patterns))
  return {
    name,
    replicationFactor: embedded(connector, prefix, 'replication.factor', {
      ...factor,
      required: false,
      default: fallback['replication.factor'],
    }),
    partitions: embedded(connector, prefix, 'partitions', {
      ...partitions,
      required: false,
      default: fallback.partitions,
    }),
    configs: topicConfigs(connector, prefix),
    matches: topic => !exclude.test(topic) && include.test(topic),
  }
}

/** An empty list is the empty pattern, which only the empty text matches. */
function anyOf(list: readonly string[]): RegExp {
  return javaRegex(list.join('|'), { whole: true })
}

function topicConfigs(connector: RawConfig, prefix: string): Record<string, string> {
  const configs: Record<string, string> = {}
  for (const [name, value] of Object.entries(withPrefix(connector, prefix))) {
    if (value !== null && !OF_THE_GROUP.has(name)) configs[name] = value
  }
  return configs
}

/** One key of a group: a value of the wrong type is told under its whole name, any other complaint under the short one. */
function embedded<T>(connector: RawConfig, prefix: string, name: string, spec: KeySpec<T>): T {
  const whole = prefix + name
  const given = connector[whole] ?? null
  if (given === null && spec.required) throw new ConfigException(missingKey(whole))
  const { value, why } =
    given === null ? { value: spec.default, why: null } : parseValue(spec.type, whole, given)
  if (why !== null) throw new ConfigException(invalidValue(whole, given, why))
  const checked = v.safeParse(spec.schema, value)
  if (!checked.success)
    throw new ConfigException(invalidValue(name, value, checked.issues[0].message, spec.type))
  return checked.output
}

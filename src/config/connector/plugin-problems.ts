/** What plugins themselves say of their configuration, beside what their keys' definitions say. */
import { ConnectException } from '../../data/errors.ts'
import type { ConfigProblem, RawConfig } from '../validate.ts'
import { type AliasedPlugin, aliasConfig } from './alias-keys.ts'
import { type CheckedKey, checkedKey, withoutNulls } from './checked-key.ts'
import type { OwnConverter } from './converter-keys.ts'
import { named } from './framework.ts'
import type { ConnectorShape, PluginShape } from './plugin-shape.ts'

/** Default of `bunnect.plugin.timeout.ms`. */
const PLUGIN_TIMEOUT_MS = 60_000

interface Asked {
  config: RawConfig
  plugin: ConnectorShape
  /** The connector's own keys after the framework's. */
  keys: CheckedKey[]
  aliased: readonly AliasedPlugin[]
  converters: readonly OwnConverter[]
  timeoutMs: number | undefined
}

/**
 * Asks all plugins at once and adds what they say to their keys; returns entries for keys that nobody has
 * declared. Throws ConnectException if one does not answer in time, or if the connector's check itself fails.
 * Java: Connector.validate; the JVM asks no other plugin
 */
export async function addPluginProblems(asked: Asked): Promise<CheckedKey[]> {
  const { config, keys, converters, aliased, timeoutMs = PLUGIN_TIMEOUT_MS } = asked
  const unknown: CheckedKey[] = []
  const tell = (where: CheckedKey[], prefix: string, problems: readonly ConfigProblem[]) => {
    for (const { key, message } of problems) {
      const name = prefix + key
      let entry = where.find(known => known.name === name) ?? unknown.find(known => known.name === name)
      if (!entry) {
        entry = checkedKey(name, null, config[name] ?? null)
        unknown.push(entry)
      }
      if (!entry.errors.includes(message)) entry.errors.push(message)
    }
  }
  const ask = async (plugin: PluginShape, own: RawConfig, what: string) => {
    const answer = async () => (await plugin.validate?.(withoutNulls(own))) ?? []
    return await inTime(answer(), timeoutMs, `${what} (${plugin.className})`)
  }
  const answers = await Promise.all([
    ask(asked.plugin, config, 'The connector').then(problems => () => tell(keys, '', problems)),
    ...aliased.map(async one => {
      const what = one.prefix.slice(0, -1)
      try {
        const problems = await ask(one.plugin, aliasConfig(config, one), what)
        return () => tell(keys, one.prefix, problems)
      } catch (error) {
        if (error instanceof PluginTimeout) throw error
        const kind = one.plugin.kind
        const message = `Failed to perform config validation for ${kind} ${what}${reason(error)}`
        return () => tell(keys, one.prefix, [{ key: 'type', message }])
      }
    }),
    ...converters.map(async ({ part, plugin, config: own, keys: listed }) => {
      const name = `${part}.converter`
      try {
        const problems = await ask(plugin, own, name)
        return () => tell(listed, `${name}.`, problems)
      } catch (error) {
        if (error instanceof PluginTimeout) throw error
        const message = `Failed to perform config validation for ${part} converter${reason(error)}`
        return () => named(keys, name).errors.push(message)
      }
    }),
  ])
  // In this order whoever was first to answer: the same question gets the same answer.
  for (const add of answers) add()
  return unknown
}

class PluginTimeout extends ConnectException {}

function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text === '' ? '' : `: ${text}`
}

/** Never longer than the plugin is granted (invariant 7). */
async function inTime<T>(answer: Promise<T>, ms: number, who: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new PluginTimeout(
          `${who} did not finish checking its configuration within ${ms} ms, so nothing is known of it and nothing was changed`,
          {
            hint: 'Look for what its validate waits for; bunnect.plugin.timeout.ms of the worker grants more time.',
          },
        ),
      )
    }, ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

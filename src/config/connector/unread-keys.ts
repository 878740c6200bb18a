/** What of a connector's configuration is probably a mistake though it is no error; the JVM says nothing of it. */
import { referencesIn } from '../providers/references.ts'
import { restartKeys } from '../restart-keys.ts'
import { nearest } from '../unknown-keys.ts'
import type { RawConfig } from '../validate.ts'
import { bunnectSinkKeys, bunnectSourceKeys } from './bunnect.ts'
import type { CheckedKey } from './checked-key.ts'
import type { ConnectorShape } from './plugin-shape.ts'
import { sinkKeys } from './sink.ts'
import { sourceKeys } from './source.ts'

/** What follows is told of by somebody else: a client, or the definition of a group of topics. */
const ELSEWHERE = /^(?:(?:producer|consumer|admin)\.override|topic\.creation\.[^.]+)\./

/**
 * A line for each key that nobody reads and that is a slip of a known one, for the other kind of connector or for
 * something that is not there. Other unknown keys are the connector's own affair.
 */
export function unreadKeyWarnings(
  config: RawConfig,
  keys: readonly CheckedKey[],
  { kind }: ConnectorShape,
): string[] {
  const declared = keys.filter(({ spec }) => spec !== null).map(({ name }) => name)
  const ownKeys = { ...(kind === 'sink' ? bunnectSinkKeys : bunnectSourceKeys), ...restartKeys }
  const known = [...declared, ...Object.keys(ownKeys)]
  const others = kind === 'sink' ? sourceKeys : sinkKeys
  const warnings = Object.keys(config).flatMap(key => {
    if (known.includes(key) || ELSEWHERE.test(key)) return []
    if (Object.hasOwn(others, key)) {
      const instead = `bunnect.${key}`
      const advice = known.includes(instead) ? `; of a source it is ${instead}` : ''
      return [`${key} has no effect: it is read of ${kind === 'sink' ? 'sources' : 'sinks'} only${advice}`]
    }
    const [, converter] = /^((?:key|value|header)\.converter)\./.exec(key) ?? []
    if (converter !== undefined)
      return Object.hasOwn(config, converter) ? [] : [`${key} has no effect without ${converter}`]
    const [, list, alias] = /^(transforms|predicates)\.(.+)\.[^.]+$/.exec(key) ?? []
    if (alias !== undefined && !known.includes(`${list}.${alias}.type`))
      return [`${list}.${alias} has no effect: ${alias} is not in ${list}`]
    const near = nearest(key, known)
    return near === null ? [] : [`${key} is unknown: did you mean ${near}?`]
  })
  return [...new Set(warnings)]
}

/** A line for each reference that stays in its value because no provider has given anything for it, as in the JVM. */
export function unresolvedReferences(
  config: RawConfig,
  replaced: readonly { reference: string }[],
): string[] {
  const given = new Set(replaced.map(({ reference }) => reference))
  return Object.entries(config).flatMap(([key, value]) =>
    referencesIn(value ?? '')
      .filter(({ text }) => !given.has(text))
      .map(
        ({ text, provider }) =>
          `${key} keeps the text ${text}: the worker's configuration has no config provider ${provider}, or that has no such key`,
      ),
  )
}

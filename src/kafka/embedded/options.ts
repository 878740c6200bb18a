import { ConfigException } from '../../data/errors.ts'
import type { ClientProperties } from '../port.ts'

/** What the worker's `bunnect.embedded.*` keys choose. Times in ms, sizes in bytes; -1 = no limit. */
export interface EmbeddedOptions {
  /** Topics that set no `retention.ms` of their own. */
  readonly retentionMs: number
  /** Per partition, for topics that set no `retention.bytes` of their own. */
  readonly retentionBytes: number
  /** Retention deletes even what a consumer group has still to read. */
  readonly retentionForce: boolean
  readonly retentionCheckMs: number
}

const PREFIX = 'bunnect.embedded.'
const DAY = 86_400_000

/** Reads the `bunnect.embedded.*` keys out of worker properties; the others are not its concern. */
export function embeddedOptions(properties: ClientProperties): EmbeddedOptions {
  return {
    retentionMs: integer(properties, `${PREFIX}retention.ms`, 7 * DAY, -1),
    retentionBytes: integer(properties, `${PREFIX}retention.bytes`, -1, -1),
    retentionForce: flag(properties, `${PREFIX}retention.force`, false),
    retentionCheckMs: integer(properties, `${PREFIX}retention.check.interval.ms`, 60_000, 1),
  }
}

/** An integer property, or `fallback` where it is not set. Throws ConfigException in the JVM's words. */
export function integer(properties: ClientProperties, name: string, fallback: number, least: number): number {
  const text = properties[name]?.trim()
  if (text === undefined) return fallback
  const value = Number(text)
  if (text === '' || !Number.isSafeInteger(value)) {
    throw new ConfigException(`Invalid value ${text} for configuration ${name}: Not a number of type LONG`)
  }
  if (value < least) {
    throw new ConfigException(
      `Invalid value ${text} for configuration ${name}: Value must be at least ${least}`,
    )
  }
  return value
}

/** A boolean property, or `fallback` where it is not set. Throws ConfigException in the JVM's words. */
export function flag(properties: ClientProperties, name: string, fallback: boolean): boolean {
  const text = properties[name]?.trim().toLowerCase()
  if (text === undefined) return fallback
  if (text === 'true' || text === 'false') return text === 'true'
  throw new ConfigException(
    `Invalid value ${properties[name]} for configuration ${name}: Expected value to be either true or false`,
  )
}

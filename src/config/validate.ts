/** A whole configuration against its spec. Java: ConfigDef.parse and ConfigDef.validateAll */
import * as v from 'valibot'
import { ConfigException } from '../data/errors.ts'
import type { ConfigSpec, ConfigType, KeySpec, Parsed } from './keys.ts'
import { type ClassResolver, javaText, type ParsedValue, parseValue } from './parse.ts'
import { SENTENCE } from './validators.ts'

/** As a person wrote it; null where JSON said null. */
export type RawConfig = Readonly<Record<string, string | null>>

export interface KeyResult {
  /** What was parsed, the default for an absent key, null if neither exists. A long beyond 2^53 is a bigint. */
  value: ParsedValue | null
  /** Java's texts. A value that cannot be parsed brings its validator's complaint about null as well. */
  errors: string[]
}

export interface ConfigProblem {
  key: string
  message: string
}

/** Every problem of a configuration at once: a line each, in the order of the spec. */
export class InvalidConfigException extends ConfigException {
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(problem => problem.message).join('\n'))
  }
}

/** Every key of the spec, in its order. Keys that the spec does not know are left alone. */
export function validateConfig(
  spec: ConfigSpec,
  raw: RawConfig,
  resolveClass?: ClassResolver,
): Map<string, KeyResult> {
  const results = new Map<string, KeyResult>()
  for (const [name, key] of Object.entries(spec)) results.set(name, validateKey(name, key, raw, resolveClass))
  return results
}

/** Typed values by key, or InvalidConfigException (Java stops at the first problem, this tells them all). */
export function parseConfig<C extends ConfigSpec>(
  spec: C,
  raw: RawConfig,
  resolveClass?: ClassResolver,
): Parsed<C> {
  const problems: ConfigProblem[] = []
  const values: Record<string, unknown> = {}
  for (const [name, key] of Object.entries(spec)) {
    const { value, errors } = validateKey(name, key, raw, resolveClass, name, true)
    if (errors.length > 0) problems.push({ key: name, message: errors[0]! })
    values[name] = typeof value === 'bigint' ? Number(value) : value
  }
  if (problems.length > 0) throw new InvalidConfigException(problems)
  return values as Parsed<C>
}

/** Java: `Invalid value … for configuration …: …` */
export function invalidValue(name: string, value: unknown, why: string, type?: ConfigType): string {
  return `Invalid value ${javaText(value, type)} for configuration ${name}: ${why}`
}

export function missingKey(name: string): string {
  return `Missing required configuration "${name}" which has no default value.`
}

/**
 * One key of `raw`. `validated` is the name that validators tell: the keys of a transformation stand below a
 * prefix, of which its validators do not know (Java: ConfigDef.embeddedValidator). `inUse` drops repeated list
 * elements where Java drops them: in a configuration that is used, not in one that is validated.
 */
export function validateKey(
  name: string,
  key: KeySpec<unknown>,
  raw: RawConfig,
  resolveClass?: ClassResolver,
  validated = name,
  inUse = false,
): KeyResult {
  const errors: string[] = []
  let value = key.default as ParsedValue | null
  if (Object.hasOwn(raw, name)) {
    const given = raw[name] ?? null
    const parsed = parseValue(key.type, name, given, resolveClass)
    value = inUse && key.distinct && Array.isArray(parsed.value) ? [...new Set(parsed.value)] : parsed.value
    if (parsed.why !== null) errors.push(invalidValue(name, key.secret ? '[hidden]' : given, parsed.why))
  } else if (key.required) {
    errors.push(missingKey(name))
  }
  const checked = v.safeParse(key.schema, typeof value === 'bigint' ? Number(value) : value)
  for (const issue of checked.issues ?? []) {
    const sentence = issue.expected === SENTENCE
    errors.push(
      sentence
        ? issue.message.replaceAll('{name}', validated)
        : invalidValue(validated, value, issue.message, key.type),
    )
  }
  return { value, errors }
}

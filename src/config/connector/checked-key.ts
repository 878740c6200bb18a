import type { ConfigSpec, KeySpec } from '../keys.ts'
import type { ClassResolver, ParsedValue } from '../parse.ts'
import { type RawConfig, validateConfig } from '../validate.ts'

/** One entry of `configs` in the answer of `config/validate`. Java: ConfigKey and ConfigValue */
export interface CheckedKey {
  name: string
  /** null for a key that no definition knows. */
  spec: KeySpec<unknown> | null
  value: ParsedValue | null
  errors: string[]
  /** Values that would be right. */
  recommended: readonly string[]
  visible: boolean
  /** Ours: what to do about the errors. */
  hint?: string
}

export function checkedKey(
  name: string,
  spec: KeySpec<unknown> | null,
  value: ParsedValue | null,
  errors: string[] = [],
): CheckedKey {
  return { name, spec, value, errors, recommended: [], visible: true }
}

/** Every key of the spec, in its order. */
export function checkedKeys(spec: ConfigSpec, raw: RawConfig, resolveClass?: ClassResolver): CheckedKey[] {
  return [...validateConfig(spec, raw, resolveClass)].map(([name, { value, errors }]) =>
    checkedKey(name, spec[name]!, value, errors),
  )
}

/** Without the nulls of a JSON body. */
export function withoutNulls(raw: RawConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(raw).filter((entry): entry is [string, string] => entry[1] !== null),
  )
}

/**
 * Validators with Java's texts. They see null like Java's do (a value that could not be parsed, or an absent
 * one). Java: the validators of org.apache.kafka.common.config.ConfigDef
 */
import * as v from 'valibot'
import type { Validator } from './keys.ts'

/**
 * A validator from a function that gives the complaint or null. A text that holds `{name}` is a whole sentence
 * with the key's name put in; any other follows `Invalid value … for configuration …: `.
 */
export function satisfies<T>(complaint: (value: T | null) => string | null): Validator<T> {
  return v.rawCheck<T | null>(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const message = complaint(dataset.value)
    if (message !== null) addIssue({ message })
  })
}

/** Java: Range.atLeast */
export const atLeast = (min: number): Validator<number> =>
  satisfies(value =>
    value === null ? 'Value must be non-null' : value < min ? `Value must be at least ${min}` : null,
  )

/** Java: Range.between */
export const between = (min: number, max: number): Validator<number> =>
  satisfies(value => {
    if (value === null) return 'Value must be non-null'
    if (value < min) return `Value must be at least ${min}`
    return value > max ? `Value must be no more than ${max}` : null
  })

/** Java: ValidString.in */
export const oneOf = (...allowed: string[]): Validator<string> =>
  satisfies(value =>
    value !== null && allowed.includes(value) ? null : `String must be one of: ${allowed.join(', ')}`,
  )

/** `allowed` in upper case, in the order in which Java's hash set prints them. Java: CaseInsensitiveValidString.in */
export const oneOfIgnoringCase = (...allowed: string[]): Validator<string> =>
  satisfies(value =>
    value !== null && allowed.includes(value.toUpperCase())
      ? null
      : `String must be one of (case insensitive): ${allowed.join(', ')}`,
  )

/** Java: NonEmptyString */
export const nonEmptyString: Validator<string> = satisfies(value =>
  value === '' ? 'String must be non-empty' : null,
)

/** Java: NonEmptyStringWithoutControlChars (a missing value is caught as a missing key) */
export const nonEmptyWithoutControlChars: Validator<string> = satisfies(value => {
  if (value === null) return null
  if (value === '') return 'String may not be empty'
  const found = [...value].map(c => c.codePointAt(0)!).filter(c => c < 0x20 || (c >= 0x7f && c <= 0x9f))
  return found.length === 0
    ? null
    : `String may not contain control sequences but had the following ASCII chars: ${found.join(', ')}`
})

/** Java: ValidList.anyNonDuplicateValues(isEmptyAllowed, isNullAllowed) */
export const noDuplicates = (options: { empty: boolean; null: boolean }): Validator<readonly string[]> =>
  satisfies(value => {
    if (value === null) return options.null ? null : "Configuration '{name}' values must not be null."
    if (value.length === 0 && !options.empty) {
      return "Configuration '{name}' must not be empty. Valid values include: any non-empty value"
    }
    if (new Set(value).size !== value.length) return "Configuration '{name}' values must not be duplicated."
    return value.includes('') ? "Configuration '{name}' values must not be empty." : null
  })

/** Java: the validator of `transforms`, `predicates` and `topic.creation.groups` */
export const uniqueAliases: Validator<readonly string[]> = satisfies(value =>
  value !== null && new Set(value).size !== value.length ? 'Duplicate alias provided.' : null,
)

/** A null value passes the inner check. Java: LambdaValidator and the like around another validator */
export const orNull = <T>(inner: (value: T) => string | null): Validator<T> =>
  satisfies(value => (value === null ? null : inner(value)))

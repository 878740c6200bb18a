/**
 * Validators with Java's texts. They see null like Java's do (a value that could not be parsed, or an absent
 * one). Java: the validators of org.apache.kafka.common.config.ConfigDef
 */
import * as v from 'valibot'
import type { Validator } from './keys.ts'

/** A complaint that stands alone, `{name}` in it being the key's name. */
export interface Sentence {
  sentence: string
}

/** What marks a whole sentence among valibot's issues. */
export const SENTENCE = 'a sentence'

/**
 * A validator from a function that gives the complaint or null. A plain text follows
 * `Invalid value … for configuration …: `.
 */
export function satisfies<T>(complaint: (value: T | null) => string | Sentence | null): Validator<T> {
  return v.rawCheck<T | null>(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const found = complaint(dataset.value)
    if (typeof found === 'string') addIssue({ message: found })
    else if (found !== null) addIssue({ message: found.sentence, expected: SENTENCE })
  })
}

/** Java: Range.atLeast */
export const atLeast = (min: number): Validator<number> =>
  satisfies(value =>
    value === null ? 'Value must be non-null' : value < min ? `Value must be at least ${min}` : null,
  )

/** Java: Range.between; `text` prints the bounds (doubles have theirs as `1.0`) */
export const between = (
  min: number,
  max: number,
  text: (bound: number) => string = String,
): Validator<number> =>
  satisfies(value => {
    if (value === null) return 'Value must be non-null'
    if (value < min) return `Value must be at least ${text(min)}`
    return value > max ? `Value must be no more than ${text(max)}` : null
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

const distinct = new WeakSet<object>()

/** True for a validator whose lists lose their duplicates, not their validity, when a configuration is used. */
export function removesDuplicates(validator: object | undefined): boolean {
  return validator !== undefined && distinct.has(validator)
}

/** Java: ValidList.anyNonDuplicateValues(isEmptyAllowed, isNullAllowed) */
export const noDuplicates = (options: { empty: boolean; null: boolean }): Validator<readonly string[]> => {
  const validator = satisfies<readonly string[]>(value => {
    if (value === null)
      return options.null ? null : { sentence: "Configuration '{name}' values must not be null." }
    if (value.length === 0 && !options.empty) {
      return {
        sentence: "Configuration '{name}' must not be empty. Valid values include: any non-empty value",
      }
    }
    if (new Set(value).size !== value.length)
      return { sentence: "Configuration '{name}' values must not be duplicated." }
    return value.includes('') ? { sentence: "Configuration '{name}' values must not be empty." } : null
  })
  distinct.add(validator)
  return validator
}

/** Java: the validator of `transforms`, `predicates` and `topic.creation.groups` */
export const uniqueAliases: Validator<readonly string[]> = satisfies(value => {
  if (value === null) return 'entry must be non null'
  return new Set(value).size !== value.length ? 'Duplicate alias provided.' : null
})

/** Checks a value that is there; null passes. */
export const ifGiven = <T>(complaint: (value: T) => string | Sentence | null): Validator<T> =>
  satisfies(value => (value === null ? null : complaint(value)))

/** Java: TopicCreationConfig.PARTITIONS_VALIDATOR and DistributedConfig's */
export const partitionCount: Validator<number> = ifGiven(value =>
  value >= 1 || value === -1
    ? null
    : "Number of partitions must be positive, or -1 to use the broker's default",
)

/** Java: TopicCreationConfig.REPLICATION_FACTOR_VALIDATOR and DistributedConfig's */
export const replicationFactor: Validator<number> = ifGiven(value =>
  value >= 1 || value === -1
    ? null
    : "Replication factor must be positive and not larger than the number of brokers in the Kafka cluster, or -1 to use the broker's default",
)

export const notNegativeIfGiven: Validator<number> = ifGiven(value =>
  value < 0 ? 'Value must be at least 0' : null,
)

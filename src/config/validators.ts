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

type Complaint<T> = (value: T | null) => string | Sentence | null

const made = new WeakMap<object, { complaint: Complaint<never>; text: string }>()

/**
 * A validator from a function that gives the complaint or null. A plain complaint follows
 * `Invalid value … for configuration …: `. `text` is what the JVM's documentation prints of it.
 */
export function satisfies<T>(complaint: Complaint<T>, text = ''): Validator<T> {
  const validator = v.rawCheck<T | null>(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const found = complaint(dataset.value)
    if (typeof found === 'string') addIssue({ message: found })
    else if (found !== null) addIssue({ message: found.sentence, expected: SENTENCE })
  })
  made.set(validator, { complaint: complaint as Complaint<never>, text })
  return validator
}

/** The text of a validator, null without one. Java: toString of a ConfigDef.Validator */
export function validatorText(validator: object | undefined): string | null {
  return validator === undefined ? null : (made.get(validator)?.text ?? '')
}

/** Of several validators made by `satisfies` the first that complains. Java: CompositeValidator */
export function inOrder<T>(...validators: readonly Validator<T>[]): Validator<T> {
  const all = validators.flatMap(validator => made.get(validator) ?? [])
  return satisfies<T>(
    value => {
      for (const { complaint } of all) {
        const found = (complaint as unknown as Complaint<T>)(value)
        if (found !== null) return found
      }
      return null
    },
    all.map(({ text }) => text).join(', '),
  )
}

/** Complains of nothing: what the JVM checks there is checked elsewhere. */
export const documented = <T>(text: string): Validator<T> => satisfies<T>(() => null, text)

/** Java: NonNullValidator */
export const notNull: Validator<string> = satisfies(
  value => (value === null ? 'entry must be non null' : null),
  'non-null string',
)

/** Java: org.apache.kafka.connect.transforms.util.NonEmptyListValidator */
export const nonEmptyList: Validator<readonly string[]> = satisfies(
  value => (value === null || value.length === 0 ? 'Empty list' : null),
  'non-empty list',
)

/** Java: Range.atLeast */
export const atLeast = (min: number): Validator<number> =>
  satisfies(
    value =>
      value === null ? 'Value must be non-null' : value < min ? `Value must be at least ${min}` : null,
    `[${min},...]`,
  )

/** Java: Range.between; `text` prints the bounds (doubles have theirs as `1.0`) */
export const between = (
  min: number,
  max: number,
  text: (bound: number) => string = String,
): Validator<number> =>
  satisfies(
    value => {
      if (value === null) return 'Value must be non-null'
      if (value < min) return `Value must be at least ${text(min)}`
      return value > max ? `Value must be no more than ${text(max)}` : null
    },
    `[${text(min)},...,${text(max)}]`,
  )

/** Java: ValidString.in */
export const oneOf = (...allowed: string[]): Validator<string> =>
  satisfies(
    value =>
      value !== null && allowed.includes(value) ? null : `String must be one of: ${allowed.join(', ')}`,
    `[${allowed.join(', ')}]`,
  )

/** `allowed` in upper case, in the order in which Java's hash set prints them. Java: CaseInsensitiveValidString.in */
export const oneOfIgnoringCase = (...allowed: string[]): Validator<string> =>
  satisfies(
    value =>
      value !== null && allowed.includes(value.toUpperCase())
        ? null
        : `String must be one of (case insensitive): ${allowed.join(', ')}`,
    `(case insensitive) [${allowed.join(', ')}]`,
  )

/** Java: NonEmptyString */
export const nonEmptyString: Validator<string> = satisfies(
  value => (value === '' ? 'String must be non-empty' : null),
  'non-empty string',
)

/** Java: NonEmptyStringWithoutControlChars (a missing value is caught as a missing key) */
export const nonEmptyWithoutControlChars: Validator<string> = satisfies(value => {
  if (value === null) return null
  if (value === '') return 'String may not be empty'
  const found = [...value].map(c => c.codePointAt(0)!).filter(c => c < 0x20 || (c >= 0x7f && c <= 0x9f))
  return found.length === 0
    ? null
    : `String may not contain control sequences but had the following ASCII chars: ${found.join(', ')}`
}, 'non-empty string without ISO control characters')

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

/** Java: the validator of `transforms`, `predicates` and `topic.creation.groups`; `what` it prints of itself */
export const uniqueAliases = (what: string): Validator<readonly string[]> =>
  satisfies(value => {
    if (value === null) return 'entry must be non null'
    return new Set(value).size !== value.length ? 'Duplicate alias provided.' : null
  }, `non-null string, unique ${what}`)

/** Checks a value that is there; null passes. */
export const ifGiven = <T>(complaint: (value: T) => string | Sentence | null, text = ''): Validator<T> =>
  satisfies(value => (value === null ? null : complaint(value)), text)

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

export const notNegativeIfGiven: Validator<number> = ifGiven(
  value => (value < 0 ? 'Value must be at least 0' : null),
  '[0,...]',
)

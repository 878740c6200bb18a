import { JavaRegexError, javaRegex } from './java-regex.ts'
import type { Validator } from './keys.ts'
import { satisfies } from './validators.ts'

/** Java: org.apache.kafka.connect.transforms.util.RegexValidator */
export const validRegex: Validator<string> = satisfies(text => {
  // Java's compiler stumbles over an absent pattern, and its validator tells that as it is.
  if (text === null) return 'Invalid regex: Cannot invoke "String.isEmpty()" because "this.pattern" is null'
  if (text === '') return null
  try {
    javaRegex(text)
    return null
  } catch (error) {
    if (error instanceof JavaRegexError) return `Invalid regex: ${error.message}`
    throw error
  }
}, 'valid regex')

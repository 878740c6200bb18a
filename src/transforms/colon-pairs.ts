import type { Validator } from '../config/keys.ts'
import { ifGiven } from '../config/validators.ts'

/** Java: String.split(":"), which forgets empty parts at the end. */
export function colonParts(text: string): string[] {
  const parts = text.split(':')
  if (parts.length === 1) return parts
  while (parts.length > 0 && parts[parts.length - 1] === '') parts.pop()
  return parts
}

export const PAIRS_TEXT = 'list of colon-delimited pairs, e.g. <code>foo:bar,abc:xyz</code>'

/** `a:b` elements; `word` says in the complaint what kind of mapping is invalid. */
export const pairs = (word: string): Validator<readonly string[]> =>
  ifGiven(elements => {
    const wrong = elements.find(element => colonParts(element).length !== 2)
    return wrong === undefined ? null : `Invalid ${word} mapping: ${wrong}`
  }, PAIRS_TEXT)

export function pairsOf(elements: readonly string[]): [string, string][] {
  return elements.map(element => colonParts(element) as [string, string])
}

/**
 * What must not be seen (invariant 5): values that config providers gave, and passwords. They are remembered here when
 * a configuration is resolved, and every outlet of the worker (log, status traces, REST errors, error reports) sends
 * its text through `masked`.
 */

/** What stands in place of a secret, as of a password in the JVM. */
const HIDDEN = '[hidden]'
/** A shorter value would take too much of ordinary text with it. */
const SHORTEST = 4
/** Values that say nothing. */
const PLAIN = new Set(['true', 'false', 'null', 'none'])
/** How many values are remembered; those that were told of longest ago are forgotten first (invariant 7). */
const MOST = 10_000
/** Packages of class names in traces and log lines, in which a secret such as `kafka` is none. */
const PACKAGES = String.raw`\b(?:org\.apache\.kafka|java|bunnect)\.(?:[a-z]+\.)*(?=[A-Za-z])`

const secrets = new Set<string>()
let patterns: Patterns | null = null

interface Patterns {
  /** Secrets that packages could take a part of. */
  dotted: RegExp | null
  /** The others, or a package, which holds such words without being a secret. */
  plain: RegExp
}

/** From now on these values are masked, as they are and in the forms that messages give them. */
export function hide(values: Iterable<string>): void {
  for (const value of values) {
    for (const form of forms(value)) {
      if (secrets.delete(form)) {
        secrets.add(form)
        continue
      }
      secrets.add(form)
      patterns = null
    }
  }
  for (const oldest of secrets) {
    if (secrets.size <= MOST) break
    secrets.delete(oldest)
    patterns = null
  }
}

/** The text with `[hidden]` for every secret in it. */
export function masked(text: string): string {
  if (secrets.size === 0) return text
  patterns ??= compiled()
  const { dotted, plain } = patterns
  const rest = dotted === null ? text : text.replace(dotted, HIDDEN)
  return rest.replace(plain, (found, secret: string | undefined) => (secret === undefined ? found : HIDDEN))
}

/** For tests, which share a process: forgets everything. */
export function forgetSecrets(): void {
  secrets.clear()
  patterns = null
}

/** The longest first: one secret may begin another. */
function compiled(): Patterns {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
  const anyOf = (some: readonly string[]) => some.map(RegExp.escape).join('|')
  const dotted = longestFirst.filter(secret => secret.includes('.'))
  const plain = longestFirst.filter(secret => !secret.includes('.'))
  return {
    dotted: dotted.length === 0 ? null : new RegExp(anyOf(dotted), 'g'),
    plain: new RegExp(plain.length === 0 ? '(?!)' : `(${anyOf(plain)})|${PACKAGES}`, 'g'),
  }
}

/** As written and as messages show it: trimmed, a list's elements, lines, numbers as parsed, in JSON, in a URL. */
function* forms(value: string): Generator<string> {
  const all = new Set<string>()
  const add = (form: string) => {
    const trimmed = form.trim()
    if (trimmed.length >= SHORTEST && !PLAIN.has(trimmed.toLowerCase())) all.add(trimmed)
  }
  add(value)
  const trimmed = value.trim()
  if (trimmed.includes(',')) {
    const elements = trimmed.split(',').map(element => element.trim())
    for (const element of elements) add(element)
    add(elements.join(', '))
  }
  if (trimmed.includes('\n')) for (const line of trimmed.split('\n')) add(line)
  if (/^[+-]?[0-9.]+$/.test(trimmed) && Number.isFinite(Number(trimmed))) add(String(Number(trimmed)))
  for (const form of [...all]) {
    add(JSON.stringify(form).slice(1, -1))
    add(encodeURIComponent(form.toWellFormed()))
  }
  yield* all
}

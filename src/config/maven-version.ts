/** Order of versions as Maven has it. Java: org.apache.maven.artifact.versioning.ComparableVersion */

interface Token {
  /** What stood before it; a change between digits and letters counts as a hyphen. */
  separator: '.' | '-'
  value: number | string
}

/** In this order; '' is the release itself, and qualifiers that are not here come after `sp`. */
const QUALIFIERS = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp']
const SAME: Readonly<Record<string, string>> = { final: '', ga: '', release: '', cr: 'rc' }
/** Short forms, if a number follows. */
const SHORT: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', m: 'milestone' }

/** Negative if `a` is older, 0 if both are the same version (`4.3` and `4.3.0-ga`), positive if `a` is newer. */
export function compareVersions(a: string, b: string): number {
  const [ours, theirs] = [tokensOf(a), tokensOf(b)]
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    const order = compareTokens(ours[i] ?? filler(theirs[i]!), theirs[i] ?? filler(ours[i]!))
    if (order !== 0) return order
  }
  return 0
}

function tokensOf(version: string): Token[] {
  const tokens: Token[] = []
  const text = version.toLowerCase()
  let separator: Token['separator'] = '.'
  for (const [, part = '', after = ''] of text.matchAll(/([0-9]+|[^0-9.-]+|(?=[.-]|$))([.-]?)/g)) {
    const digits = /^[0-9]/.test(part)
    if (digits || part === '') tokens.push({ separator, value: Number(part) })
    else tokens.push({ separator, value: SAME[part] ?? part })
    const last = tokens.at(-2)
    // `1.0-a1`: the letter stands for alpha only because of the number behind it.
    if (digits && separator === '-' && typeof last?.value === 'string')
      last.value = SHORT[last.value] ?? last.value
    separator = after === '.' ? '.' : '-'
  }
  return withoutNulls(tokens)
}

/** Zeros and releases at the end say nothing, nor do those before a hyphen. */
function withoutNulls(tokens: Token[]): Token[] {
  const kept: Token[] = []
  for (let i = tokens.length - 1; i >= 0; i--) {
    const next = kept[0]
    const isNull = tokens[i]!.value === 0 || tokens[i]!.value === ''
    if (isNull && (next === undefined || next.separator === '-')) continue
    kept.unshift(tokens[i]!)
  }
  return kept
}

function filler({ separator, value }: Token): Token {
  return { separator, value: typeof value === 'string' || separator === '-' ? '' : 0 }
}

function compareTokens(a: Token, b: Token): number {
  const order = rank(a) - rank(b)
  if (order !== 0) return order
  if (typeof a.value === 'number' && typeof b.value === 'number') return a.value - b.value
  return compareQualifiers(String(a.value), String(b.value))
}

/** Qualifiers before numbers after a hyphen before numbers after a dot. */
function rank({ separator, value }: Token): number {
  return typeof value === 'string' ? 0 : separator === '-' ? 1 : 2
}

function compareQualifiers(a: string, b: string): number {
  const [ours, theirs] = [place(a), place(b)]
  if (ours !== theirs) return ours - theirs
  return a < b ? -1 : a > b ? 1 : 0
}

function place(qualifier: string): number {
  const known = QUALIFIERS.indexOf(qualifier)
  return known < 0 ? QUALIFIERS.length : known
}

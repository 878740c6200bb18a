import type { Outcome } from './outcome.ts'

/** Where bunnect may differ from the JVM. */
export interface AllowedDifference {
  /** names of cases */
  cases: RegExp
  /** stands in DIFFERENCES.md, word for word */
  sentence: string
  /** makes what the JVM says out of ours; every text of an outcome goes through it */
  text: (ours: string) => string
}

export const allowedDifferences: AllowedDifference[] = []

/** The outcome with this done to all its texts. */
export function mended(outcome: Outcome, text: (ours: string) => string): Outcome {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
  }
  return walk(outcome) as Outcome
}

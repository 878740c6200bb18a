import type { Model } from '../model.ts'
import { type Difference, type DifferenceType, isIncompatible } from './difference.ts'

/**
 * What was found so far, and where the comparison stands. A pair of schemas is compared once, and taken for
 * compatible while it is: recursive schemas come to an end, and stay quick. Java: json.diff.Context
 */
export class Comparison {
  readonly differences: Difference[] = []
  private readonly steps: string[] = []

  constructor(private readonly pairs: ComparedPairs = new ComparedPairs()) {}

  /** One on the same place whose findings count only when they are added. */
  attempt(): Comparison {
    const attempt = new Comparison(this.pairs)
    attempt.steps.push(...this.steps)
    return attempt
  }

  at(step: string, compare: () => void): void {
    this.steps.push(step)
    compare()
    this.steps.pop()
  }

  found(type: DifferenceType, step?: string): void {
    const steps = step === undefined ? this.steps : [...this.steps, step]
    this.differences.push({ type, path: `#/${steps.join('/')}` })
  }

  add(differences: readonly Difference[]): void {
    this.differences.push(...differences)
  }

  get compatible(): boolean {
    return !this.differences.some(({ type }) => isIncompatible(type))
  }

  /** Once for a pair; what is found is kept relative to it. */
  pair(original: Model, update: Model, compare: (within: Comparison) => void): void {
    const known = this.pairs.get(original, update)
    if (known === 'begun') return
    let found = known
    if (found === undefined) {
      const within = new Comparison(this.pairs)
      this.pairs.set(original, update, 'begun')
      compare(within)
      found = within.differences
      this.pairs.set(original, update, found)
    }
    for (const { type, path } of found) this.differences.push({ type, path: this.rebased(path) })
  }

  /** `#/` is the pair itself. */
  private rebased(path: string): string {
    if (this.steps.length === 0) return path
    const here = `#/${this.steps.join('/')}`
    return path.length <= 2 ? here : `${here}/${path.slice(2)}`
  }
}

type Outcome = readonly Difference[] | 'begun'

class ComparedPairs {
  private readonly outcomes = new Map<Model, Map<Model, Outcome>>()

  get(original: Model, update: Model): Outcome | undefined {
    return this.outcomes.get(original)?.get(update)
  }

  set(original: Model, update: Model, outcome: Outcome): void {
    const updates = this.outcomes.get(original) ?? new Map<Model, Outcome>()
    this.outcomes.set(original, updates.set(update, outcome))
  }
}

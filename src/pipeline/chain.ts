import { ConnectException, causes, javaTrace } from '../data/errors.ts'
import type { ConnectRecord } from '../data/records.ts'
import type { Logger } from '../observe/log.ts'
import type { Predicate, Transformation } from '../sdk/plugin.ts'

/** One transformation with its condition. Java: org.apache.kafka.connect.runtime.TransformationStage */
export interface ChainStage {
  /** What the connector's configuration calls it. */
  readonly alias: string
  readonly className: string
  readonly transformation: Transformation
  /** Its own instance. */
  readonly predicate: Predicate | null
  readonly negate: boolean
}

/** What becomes of a record: itself or another one, null when it is dropped, several (or none) in its place. */
export type Transformed<R> = R | null | readonly R[]

/**
 * Transformations, in order, of one record after the other. A task without transformations has no chain at all
 * (null), so that it pays nothing. When `apply` or `resume` throws, the walk stands still at the failing stage:
 * `again` tries that stage once more, `resume` goes on behind it. Java: TransformationChain
 */
export class Chain<R extends ConnectRecord> {
  readonly #stages: readonly ChainStage[]
  /** Where the walk is: the stage and the record that it was given. */
  #at = 0
  #input: R | null = null
  /** Records that a stage gave beside the one that is walking, last one first, and the stage that comes next. */
  readonly #branches: { record: R; next: number }[] = []
  /** What has come out so far; null while no stage gave several. */
  #outputs: R[] | null = null

  constructor(stages: readonly ChainStage[]) {
    this.#stages = stages
  }

  apply(record: R): Transformed<R> {
    this.#branches.length = 0
    this.#outputs = null
    return this.#walk(record, 0)
  }

  /** The stage that threw. */
  get failing(): ChainStage {
    return this.#stages[this.#at]!
  }

  /** Tries the stage that threw once more, with the record that it was given. */
  again(): Transformed<R> {
    return this.#applyStage(this.failing, this.#input!)
  }

  /** Goes on with what `again` gave. */
  resume(result: Transformed<R>): Transformed<R> {
    if (result !== null && isSeveral(result)) this.#branch(result, this.#at + 1)
    return this.#walk(result === null || isSeveral(result) ? null : result, this.#at + 1)
  }

  /** Closes every transformation and predicate; errors are logged. */
  close(log: Logger): void {
    for (const { alias, transformation, predicate } of this.#stages) {
      for (const [what, plugin] of [
        ['transformation', transformation],
        ['predicate', predicate],
      ] as const) {
        try {
          plugin?.close?.()
        } catch (error) {
          log.warn(`Could not close ${what} of ${alias}: ${causes(error)}`, javaTrace(error))
        }
      }
    }
  }

  #walk(record: R | null, from: number): Transformed<R> {
    const stages = this.#stages
    let current = record
    let i = from
    for (;;) {
      for (; current !== null && i < stages.length; i++) {
        this.#at = i
        this.#input = current
        const stage = stages[i]!
        if (stage.predicate !== null && stage.predicate.test(current) === stage.negate) continue
        const result: Transformed<R> = stage.transformation.apply(current)
        if (result === current) continue
        if (result === undefined) throw nothing(stage)
        if (result !== null && isSeveral(result)) {
          this.#branch(result, i + 1)
          current = null
        } else {
          current = result
        }
      }
      if (this.#outputs === null) return current
      if (current !== null) this.#outputs.push(current)
      const branch = this.#branches.pop()
      if (branch === undefined) return this.#outputs
      current = branch.record
      i = branch.next
    }
  }

  #applyStage(stage: ChainStage, record: R): Transformed<R> {
    if (stage.predicate !== null && stage.predicate.test(record) === stage.negate) return record
    const result: Transformed<R> = stage.transformation.apply(record)
    if (result === undefined) throw nothing(stage)
    return result
  }

  #branch(records: readonly R[], next: number): void {
    this.#outputs ??= []
    for (let k = records.length - 1; k >= 0; k--) this.#branches.push({ record: records[k]!, next })
  }
}

/** False for one record, the common case. */
export function isSeveral<R extends ConnectRecord>(result: R | readonly R[]): result is readonly R[] {
  return Array.isArray(result)
}

function nothing({ alias, className }: ChainStage): ConnectException {
  return new ConnectException(
    `Transformation ${alias} (${className}) returned undefined; it must return a record, several in an array, or null`,
  )
}

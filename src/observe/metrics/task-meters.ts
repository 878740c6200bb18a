import { Tally } from './tally.ts'

/** Where a task's time goes: `produce` is handing over to the producer, waiting for room included. */
export const STAGES = ['poll', 'convert', 'transform', 'put', 'produce', 'commit'] as const
export type TaskStage = (typeof STAGES)[number]

const COMMON = ['batchSize', 'commitTime', 'commitResult', 'active'] as const
/** Sensors of a source task, in the order in which their tallies travel. */
export const SOURCE_TALLIES = [...COMMON, 'poll', 'write', 'pollTime'] as const
/** Sensors of a sink task, in the order in which their tallies travel. */
export const SINK_TALLIES = [
  ...COMMON,
  'read',
  'send',
  'partitions',
  'commitSequence',
  'completion',
  'skip',
  'putTime',
] as const

/** How far the consumer is behind in one partition, in records. */
export type PartitionLag = readonly [topic: string, partition: number, records: number]

/**
 * What has been measured since the last one. Flat and small: it may travel from a task host, for each of many tasks
 * once a second.
 */
export interface TaskReport {
  /** For each sensor that has heard something: its index, count, sum, min, max and last value. */
  tallies: number[]
  /** Milliseconds in each of STAGES; null = none. */
  stages: number[] | null
  /** By how much the numbers of task-error-metrics have grown, in its order; the last one is a time. Null = not at all. */
  errors: number[] | null
  /** Null = as before. */
  lag: PartitionLag[] | null
}

/** What the loop of one task measures: for each batch, never for each record. */
class TaskMeters<Key extends string> {
  readonly #keys: readonly Key[]
  readonly #tallies: Tally[]
  /** ms, by the order of STAGES. */
  #stages: number[] | null = null
  #errors: number[] = []
  #lag = ''

  constructor(keys: readonly Key[]) {
    this.#keys = keys
    this.#tallies = keys.map(() => new Tally())
  }

  protected tally(key: Key): Tally {
    return this.#tallies[this.#keys.indexOf(key)]!
  }

  /** That so many ms went to a stage. */
  spent(stage: TaskStage, ms: number): void {
    this.#stages ??= STAGES.map(() => 0)
    this.#stages[STAGES.indexOf(stage)]! += ms
  }

  /** Takes what has come since the last call, of `errors` so far; null when that is nothing. */
  take(errors: readonly number[], lag: PartitionLag[]): TaskReport | null {
    const tallies: number[] = []
    for (const [i, tally] of this.#tallies.entries()) {
      if (tally.count === 0) continue
      tallies.push(i, tally.count, tally.sum, tally.min, tally.max, tally.last)
      tally.clear()
    }
    const stages = this.#stages
    this.#stages = null
    const grown = this.#grown(errors)
    const lagText = lag.join()
    const lagChanged = lagText !== this.#lag
    this.#lag = lagText
    if (tallies.length === 0 && stages === null && grown === null && !lagChanged) return null
    return { tallies, stages, errors: grown, lag: lagChanged ? lag : null }
  }

  #grown(errors: readonly number[]): number[] | null {
    const before = this.#errors
    if (errors.every((count, i) => count === (before[i] ?? 0))) return null
    this.#errors = [...errors]
    return errors.map((count, i) => (i === errors.length - 1 ? count : count - (before[i] ?? 0)))
  }
}

/** Java: SourceTaskMetricsGroup and TaskMetricsGroup */
export class SourceMeters extends TaskMeters<(typeof SOURCE_TALLIES)[number]> {
  readonly batchSize = this.tally('batchSize')
  readonly commitTime = this.tally('commitTime')
  readonly commitResult = this.tally('commitResult')
  readonly active = this.tally('active')
  readonly poll = this.tally('poll')
  readonly write = this.tally('write')
  readonly pollTime = this.tally('pollTime')

  constructor() {
    super(SOURCE_TALLIES)
  }
}

/** Java: SinkTaskMetricsGroup and TaskMetricsGroup */
export class SinkMeters extends TaskMeters<(typeof SINK_TALLIES)[number]> {
  readonly batchSize = this.tally('batchSize')
  readonly commitTime = this.tally('commitTime')
  readonly commitResult = this.tally('commitResult')
  readonly active = this.tally('active')
  readonly read = this.tally('read')
  readonly send = this.tally('send')
  readonly partitions = this.tally('partitions')
  readonly commitSequence = this.tally('commitSequence')
  readonly completion = this.tally('completion')
  readonly skip = this.tally('skip')
  readonly putTime = this.tally('putTime')

  constructor() {
    super(SINK_TALLIES)
  }
}

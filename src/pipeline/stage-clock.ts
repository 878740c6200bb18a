import type { TaskStage } from '../observe/metrics/task-meters.ts'
import { StageShare } from './stage-share.ts'

/** Where the time of a task's loop goes. Without `meters` nothing is measured, and nothing paid for. */
export class StageClock {
  /** How a batch's time divides; null where nobody asks. */
  readonly share: StageShare | null
  readonly #meters: { spent(stage: TaskStage, ms: number): void } | null

  constructor(meters: { spent(stage: TaskStage, ms: number): void } | null) {
    this.#meters = meters
    this.share = meters && new StageShare()
  }

  /** ms; 0 where nothing is measured. */
  now(): number {
    return this.#meters === null ? 0 : performance.now()
  }

  spent(stage: TaskStage, ms: number): void {
    this.#meters?.spent(stage, ms)
  }

  /** Runs what belongs to one stage, its failure included. */
  async in<T>(stage: TaskStage, run: () => Promise<T>): Promise<T> {
    const began = this.now()
    try {
      return await run()
    } finally {
      this.spent(stage, this.now() - began)
    }
  }

  /** Of time that went to conversions and transformations, which take turns record by record. */
  converted(ms: number): void {
    const transform = ms * (this.share?.transform ?? 0)
    if (transform > 0) this.spent('transform', transform)
    this.spent('convert', ms - transform)
  }
}

import type { Tally } from './tally.ts'

/** How far statistics look back. Java: org.apache.kafka.common.metrics.MetricConfig */
export interface WindowConfig {
  /** metrics.num.samples */
  readonly samples: number
  /** metrics.sample.window.ms */
  readonly windowMs: number
}

/** One window's share. */
interface Sample {
  start: number
  lastEvent: number
  count: number
  sum: number
  min: number
  max: number
}

export type Measured = Pick<Tally, 'count' | 'sum' | 'min' | 'max'>

/**
 * Windows in turn, each forgotten when it has passed: one more than are asked for, since the oldest counts as long as
 * it overlaps what is looked back at. Times are ms since 1970. Java: org.apache.kafka.common.metrics.stats.SampledStat
 */
export class Samples {
  readonly #config: WindowConfig
  readonly #samples: Sample[] = []
  #current = 0

  constructor(config: WindowConfig) {
    this.#config = config
  }

  record({ count, sum, min, max }: Measured, now: number): void {
    if (this.#samples.length === 0) this.#samples.push(empty(now))
    let sample = this.#samples[this.#current]!
    if (now - sample.start >= this.#config.windowMs) sample = this.#advance(now)
    sample.count += count
    sample.sum += sum
    sample.min = Math.min(sample.min, min)
    sample.max = Math.max(sample.max, max)
    sample.lastEvent = now
  }

  /** Everything within the window; a count of 0 when there is nothing. */
  combined(now: number): Measured {
    this.#forget(now)
    const all = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
    for (const { count, sum, min, max } of this.#samples) {
      all.count += count
      all.sum += sum
      all.min = Math.min(all.min, min)
      all.max = Math.max(all.max, max)
    }
    return all
  }

  /** How long the window is so far, taken to be full but for its last part. Java: Rate.windowSize, ms */
  elapsed(now: number): number {
    const { samples, windowMs } = this.#config
    this.#forget(now)
    if (this.#samples.length === 0) this.#samples.push(empty(now))
    const elapsed = now - Math.min(...this.#samples.map(sample => sample.start))
    const missing = samples - 1 - Math.floor(elapsed / windowMs)
    return Math.max(elapsed + Math.max(missing, 0) * windowMs, 1)
  }

  #advance(now: number): Sample {
    this.#current = (this.#current + 1) % (this.#config.samples + 1)
    const sample = empty(now)
    this.#samples[this.#current] = sample
    return sample
  }

  #forget(now: number): void {
    const { samples, windowMs } = this.#config
    for (let i = 0; i < this.#samples.length; i++)
      if (now - this.#samples[i]!.lastEvent >= samples * windowMs) this.#samples[i] = empty(now)
  }
}

function empty(now: number): Sample {
  return {
    start: now,
    lastEvent: now,
    count: 0,
    sum: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
  }
}

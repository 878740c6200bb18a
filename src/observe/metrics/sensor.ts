import { type Measured, Samples, type WindowConfig } from './samples.ts'

/**
 * A statistic of a sensor. Rates add the values up, `countRate` and `countsPerHour` the events; `success` and `failure`
 * are for sensors that are told 1 or 0.
 */
export type Stat =
  | 'avg'
  | 'max'
  | 'min'
  | 'rate'
  | 'countRate'
  | 'countsPerHour'
  | 'total'
  | 'count'
  | 'value'
  | 'success'
  | 'failure'

export type Stats = Partial<Record<Stat, unknown>>

/**
 * One thing that is measured, and its statistics; windows are made when the first value comes. With nothing in the
 * window average, maximum and minimum are NaN, rates and shares 0. Java: org.apache.kafka.common.metrics.Sensor
 */
export class Sensor {
  readonly #config: WindowConfig
  readonly #windowed: boolean
  readonly #rated: boolean
  #window: Samples | null = null
  /** Of its own: in Java the window of a rate begins when it is first looked at, the others with their first value. */
  #rate: Samples | null = null
  #total = 0
  #count = 0
  #last = 0

  constructor(stats: Stats, config: WindowConfig) {
    this.#config = config
    this.#rated = ['rate', 'countRate', 'countsPerHour'].some(stat => stat in stats)
    this.#windowed = ['avg', 'max', 'min', 'success', 'failure'].some(stat => stat in stats)
  }

  record(value: number, now: number): void {
    this.recordAll({ count: 1, sum: value, min: value, max: value, last: value }, now)
  }

  /** Several values at once, all taken to have come now. */
  recordAll(values: Measured & { last: number }, now: number): void {
    this.#total += values.sum
    this.#count += values.count
    this.#last = values.last
    if (this.#windowed) {
      this.#window ??= new Samples(this.#config)
      this.#window.record(values, now)
    }
    if (this.#rated) {
      this.#rate ??= new Samples(this.#config)
      this.#rate.record(values, now)
    }
  }

  measure(stat: Stat, now: number): number {
    switch (stat) {
      case 'total':
        return this.#total
      case 'count':
        return this.#count
      case 'value':
        return this.#last
      case 'rate':
        return this.#perSecond('sum', now)
      case 'countRate':
        return this.#perSecond('count', now)
      case 'countsPerHour':
        return this.#perSecond('count', now) * 3600
    }
    const { count, sum, min, max } = this.#window?.combined(now) ?? NOTHING
    switch (stat) {
      case 'avg':
        return count === 0 ? Number.NaN : sum / count
      case 'max':
        return count === 0 ? Number.NaN : max
      case 'min':
        return count === 0 ? Number.NaN : min
      case 'success':
        return count === 0 ? 0 : sum / count
      case 'failure':
        return count === 0 ? 0 : (count - sum) / count
    }
  }

  /** Java: org.apache.kafka.common.metrics.stats.Rate over a WindowedSum or a WindowedCount */
  #perSecond(what: 'sum' | 'count', now: number): number {
    this.#rate ??= new Samples(this.#config)
    return this.#rate.combined(now)[what] / (this.#rate.elapsed(now) / 1000)
  }
}

const NOTHING: Measured = { count: 0, sum: 0, min: 0, max: 0 }

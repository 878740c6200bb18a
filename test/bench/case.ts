import type { TopicProbe } from '../servers/topics.ts'

/** What one run of a case on one contender gave. */
export interface Measurement {
  figure: number
  cpuSeconds: number
  /** MB of 10^6 bytes */
  peakRssMb: number
  /** What else is worth knowing of the run, by its name and unit, such as `threads` or `p99 ms`. */
  also?: Readonly<Record<string, number>>
}

export type Mode = 'standalone' | 'distributed'

export interface Bench {
  readonly bootstrap: string
  readonly dir: string
  /** Of the workers, in the cases that can be run in both. */
  readonly mode: Mode
  readonly lines: number
  readonly probe: TopicProbe
  /** file of `lines` lines of 100 bytes and a line feed, the same for every case */
  readonly input: string
  readonly inputBytes: number
  readonly inputSha256: string
}

/** One benchmark: a figure for two contenders, taken in turn. */
export interface BenchCase {
  readonly name: string
  readonly about: string
  readonly unit: 'ms' | 'MB' | 'kB' | 'records/s' | 'requests/s'
  /** the first one is what the second is compared with */
  readonly contenders: readonly [string, string]
  /** true: CPU is given in seconds a million records, else in seconds */
  readonly countsRecords: boolean
  /** how many records a run moves, where that is not one a line */
  records?(lines: number): number
  prepare?(bench: Bench): Promise<void>
  run(bench: Bench, contender: string, round: number): Promise<Measurement>
  /** after the last round, whether it went well or not */
  finish?(bench: Bench): Promise<void>
}

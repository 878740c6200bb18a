import type { SourceConnectorPlugin } from '../sdk/plugin.ts'
import { everySourceBehaviour } from './source-behaviours.ts'
import { SourceTrial } from './source-trial.ts'
import { type Behaviour, type Suite, suiteOf, type UnderTest } from './suite.ts'

/** A source as its author describes it to the suite; its records go to the topic that is called like the place. */
export interface SourceUnderTest extends UnderTest {
  /** Makes the place, with nothing in it. */
  prepare(place: string): Promise<void>
  /**
   * Puts items there, number `from` up to `to` without it, in this order; where `bytes` are asked for, each makes a
   * record that is as long at least.
   */
  add(place: string, from: number, to: number, bytes?: number): Promise<void>
  /** The number of a record by value and key, parsed from JSON without a schema. */
  numberOf(value: unknown, key: unknown): number
  /** Adds one that it cannot read; the task fails with a message that names it. */
  bad?(place: string): Promise<{ named: RegExp }>
  /** Items that are added from now on have one more field. */
  evolve?(place: string): Promise<void>
  /** Its declaration, whose `alterOffsets` is asked before offsets are removed. */
  readonly plugin?: SourceConnectorPlugin
}

export type SourceBehaviour = Behaviour<SourceTrial>

/** The behaviours of a source, each with a worker, a place and a topic of its own; by default all that it is told enough for. */
export function sourceSuite(source: SourceUnderTest, behaviours?: readonly SourceBehaviour[]): Suite {
  return suiteOf(
    source,
    behaviours,
    everySourceBehaviour,
    (environment, behaviour) => new SourceTrial(source, environment, behaviour),
  )
}

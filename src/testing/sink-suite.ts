import type { Schema } from '../data/schema.ts'
import type { SinkConnectorPlugin } from '../sdk/plugin.ts'
import { everySinkBehaviour } from './sink-behaviours.ts'
import { SinkTrial } from './sink-trial.ts'
import { type Behaviour, type Suite, suiteOf, type UnderTest } from './suite.ts'

/** A record for a sink, in Connect's data model. */
export interface SinkInput {
  readonly keySchema?: Schema
  readonly key?: unknown
  readonly valueSchema?: Schema
  readonly value: unknown
}

/** A sink as its author describes it to the suite. */
export interface SinkUnderTest extends UnderTest {
  /** Record number `i`; where `bytes` are asked for, its value is as long at least. */
  record(i: number, bytes?: number): SinkInput
  /** The numbers that the target holds, in its order, one that is there twice twice. */
  written(place: string): Promise<number[]>
  /** What the target has of a record that is put again. */
  readonly redelivery: 'repeats' | 'nothing'
  /** One that the task refuses or its target cannot take. */
  bad?(): SinkInput
  /** Record number `i` with one more optional field. */
  evolved?(i: number): SinkInput
  /** Until what it returns is called, the target takes nothing, or next to nothing. */
  slow?(place: string): Promise<() => Promise<void>>
  /** Its declaration, whose `alterOffsets` is asked before offsets are altered. */
  readonly plugin?: SinkConnectorPlugin
}

export type SinkBehaviour = Behaviour<SinkTrial>

/** The behaviours of a sink, each with a worker, a topic and a target of its own; by default all that it is told enough for. */
export function sinkSuite(sink: SinkUnderTest, behaviours?: readonly SinkBehaviour[]): Suite {
  return suiteOf(
    sink,
    behaviours,
    everySinkBehaviour,
    (environment, behaviour) => new SinkTrial(sink, environment, behaviour),
  )
}

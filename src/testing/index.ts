/**
 * The conformance kit, `bunnect/testing`: what every connector should do, as named behaviours that a connector's author
 * runs with `bunnect test`.
 */
export type { Environment, RawRecord, StoredOffset, TestWorker } from './environment.ts'
export * as sinkBehaviours from './sink-behaviours.ts'
export { type SinkBehaviour, type SinkInput, type SinkUnderTest, sinkSuite } from './sink-suite.ts'
export * as sourceBehaviours from './source-behaviours.ts'
export { type SourceBehaviour, type SourceUnderTest, sourceSuite } from './source-suite.ts'
export { type Behaviour, type Case, Suite, type UnderTest } from './suite.ts'

import {
  batch,
  empty,
  killAndResume,
  offsetsReset,
  one,
  openClose,
  pause,
  reconnect,
  restart,
  secretsMasked,
} from './behaviours.ts'
import type { Behaviour } from './suite.ts'
import type { Trial } from './trial.ts'

/** What sources and sinks share, at sizes that any system takes in its stride. */
export function commonBehaviours(): Behaviour<Trial>[] {
  return [
    openClose(),
    empty(),
    one(),
    batch(1000),
    restart(),
    killAndResume(2000, 3),
    reconnect(1000),
    pause(),
    offsetsReset(100),
    secretsMasked(),
  ]
}

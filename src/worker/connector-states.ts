import type { ConnectorState, TargetState } from './status.ts'

/** What a connector object is at, inside the worker. Java: WorkerConnector.State */
export type InstanceState = 'INIT' | 'STARTED' | 'PAUSED' | 'STOPPED' | 'FAILED'

/** One step of the state machine: the plugin call to make, then the state to be in and to report. */
export interface Transition {
  call: 'start' | 'stop' | null
  next: InstanceState
  /** null: nothing changes, nothing is reported. */
  report: ConnectorState | null
}

/**
 * What a target state asks of a connector in `state`; null where it is refused because it has failed.
 * Java: org.apache.kafka.connect.runtime.WorkerConnector.doTransitionTo
 */
export function transition(state: InstanceState, target: TargetState): Transition | null {
  if (state === target) return { call: null, next: state, report: null }
  if (state === 'FAILED' && target !== 'STOPPED') return null
  if (target === 'STARTED') return { call: 'start', next: 'STARTED', report: 'RUNNING' }
  return { call: state === 'STARTED' ? 'stop' : null, next: target, report: target }
}

/** Where a plugin call that threw leaves the connector: a stop asked for by STOPPED succeeds anyway. */
export function afterFailure(target: TargetState): InstanceState {
  return target === 'STOPPED' ? 'STOPPED' : 'FAILED'
}

import { expect, test } from 'bun:test'
import { afterFailure, type InstanceState, transition } from '../../../src/worker/connector-states.ts'
import type { TargetState } from '../../../src/worker/status.ts'

/** The table of lifecycle-and-states §1.3: plugin call, reported state; null = refused. */
const TABLE: [InstanceState, TargetState, [string | null, string | null] | null][] = [
  ['INIT', 'STARTED', ['start', 'RUNNING']],
  ['INIT', 'PAUSED', [null, 'PAUSED']],
  ['INIT', 'STOPPED', [null, 'STOPPED']],
  ['STARTED', 'STARTED', [null, null]],
  ['STARTED', 'PAUSED', ['stop', 'PAUSED']],
  ['STARTED', 'STOPPED', ['stop', 'STOPPED']],
  ['PAUSED', 'STARTED', ['start', 'RUNNING']],
  ['PAUSED', 'PAUSED', [null, null]],
  ['PAUSED', 'STOPPED', [null, 'STOPPED']],
  ['STOPPED', 'STARTED', ['start', 'RUNNING']],
  ['STOPPED', 'PAUSED', [null, 'PAUSED']],
  ['STOPPED', 'STOPPED', [null, null]],
  ['FAILED', 'STARTED', null],
  ['FAILED', 'PAUSED', null],
  ['FAILED', 'STOPPED', [null, 'STOPPED']],
]

for (const [state, target, wanted] of TABLE) {
  test(`${state} asked for ${target}: ${wanted ? `call ${wanted[0]}, report ${wanted[1]}` : 'refused'}`, () => {
    const step = transition(state, target)
    expect(step === null ? null : [step.call, step.report]).toEqual(wanted as [null, null] | null)
    if (step) expect(step.next).toBe(target === state ? state : target)
  })
}

test('a call that throws fails the connector, but not when it was to be stopped', () => {
  expect(afterFailure('STARTED')).toBe('FAILED')
  expect(afterFailure('PAUSED')).toBe('FAILED')
  expect(afterFailure('STOPPED')).toBe('STOPPED')
})

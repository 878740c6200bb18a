import { expect, test } from 'bun:test'
import type { ConnectorState, ConnectorStatus, TaskState } from '../../../src/herder/herder.ts'
import { restartPlan } from '../../../src/herder/restart-plan.ts'

const at = { worker_id: 'h:1', version: '1' }
const status = (connector: ConnectorState, ...tasks: TaskState[]): ConnectorStatus => ({
  name: 'c',
  connector: { state: connector, ...at, ...(connector === 'FAILED' && { trace: 't' }) },
  tasks: tasks.map((state, id) => ({ id, state, ...at })),
  type: 'source',
})
const states = ({ connector, tasks }: ConnectorStatus) =>
  [connector, ...tasks].map(part => part.state).join(' ')

for (const [given, includeTasks, onlyFailed, restarts, announced] of [
  [status('RUNNING', 'RUNNING', 'FAILED'), false, true, 'none', 'RUNNING RUNNING FAILED'],
  [status('FAILED', 'RUNNING', 'FAILED'), false, true, 'connector', 'RESTARTING RUNNING FAILED'],
  [status('RUNNING', 'RUNNING', 'FAILED'), true, true, '1', 'RUNNING RUNNING RESTARTING'],
  [status('FAILED', 'PAUSED', 'FAILED'), true, true, 'connector 1', 'RESTARTING PAUSED RESTARTING'],
  [status('RUNNING', 'RUNNING', 'FAILED'), true, false, 'connector 0 1', 'RESTARTING RESTARTING RESTARTING'],
  [status('STOPPED'), true, false, 'connector', 'RESTARTING'],
] as [ConnectorStatus, boolean, boolean, string, string][]) {
  test(`${states(given)}, includeTasks=${includeTasks}, onlyFailed=${onlyFailed}: ${restarts}`, () => {
    const plan = restartPlan(given, { includeTasks, onlyFailed })
    expect([...(plan.connector ? ['connector'] : []), ...plan.tasks].join(' ') || 'none').toBe(restarts)
    expect(states(plan.announced)).toBe(announced)
    expect(plan.announced.connector.trace).toBe(given.connector.trace)
  })
}

import { expect, test } from 'bun:test'
import { PluginMeters } from '../../../src/observe/metrics/plugin-meters.ts'
import { type SourceConnectorContext, sourceConnector } from '../../../src/sdk/plugin.ts'
import { ConnectorInstance } from '../../../src/worker/connector-instance.ts'

/** A connector that writes down its calls; `behave` may throw or wait in them. */
function recorded(behave: (call: string) => unknown = () => {}) {
  const calls: string[] = []
  const states: string[] = []
  const traces: (string | undefined)[] = []
  let context: SourceConnectorContext | undefined
  let reconfigured = 0
  const call = async (name: string) => {
    calls.push(name)
    await behave(name)
  }
  const plugin = sourceConnector({
    className: 'test.Recorded',
    taskClassName: 'test.RecordedTask',
    version: '9.8',
    config: {},
    start(_, given) {
      context = given
      return call('start')
    },
    stop: () => call('stop'),
    async taskConfigs(_, max) {
      await call('taskConfigs')
      return Array.from({ length: max }, (_, i) => ({ n: String(i) }))
    },
    task: () => ({ poll: () => null }),
  })
  const instance = new ConnectorInstance({
    name: 'c',
    plugin,
    config: { name: 'c', a: '1' },
    status: {
      connector(_, state, { version, trace }) {
        states.push(`${state} ${version}`)
        if (state === 'FAILED') traces.push(trace)
      },
      task() {},
      topic() {},
    },
    offsets: { offset: async () => null, offsets: async partitions => partitions.map(() => null) },
    pluginMetrics: new PluginMeters().of(),
    onReconfigure: () => reconfigured++,
  })
  return { instance, calls, states, traces, context: () => context!, reconfigured: () => reconfigured }
}
const never = new Promise<void>(() => {})

test('start, pause, resume and shutdown use one object', async () => {
  const { instance, calls, states } = recorded()
  await instance.transitionTo('STARTED')
  expect(await instance.taskConfigs(2)).toEqual([{ n: '0' }, { n: '1' }])
  await instance.transitionTo('PAUSED')
  await instance.transitionTo('STARTED')
  instance.shutdown()
  expect(await instance.awaitShutdown(1000)).toBe(true)
  expect(calls).toEqual(['start', 'taskConfigs', 'stop', 'start', 'stop'])
  expect(states).toEqual(['RUNNING 9.8', 'PAUSED 9.8', 'RUNNING 9.8', 'UNASSIGNED null'])
})

test('created paused or stopped: no call at all', async () => {
  for (const target of ['PAUSED', 'STOPPED'] as const) {
    const { instance, calls, states } = recorded()
    await instance.transitionTo(target)
    instance.shutdown()
    await instance.ended
    expect(calls).toEqual([])
    expect(states).toEqual([`${target} 9.8`, 'UNASSIGNED null'])
  }
})

test('a start that throws: FAILED with the trace, pause refused, stop allowed', async () => {
  const { instance, states, traces } = recorded(call => {
    if (call === 'start') throw new Error('no route')
  })
  await expect(instance.transitionTo('STARTED')).rejects.toThrow(
    'Failed to transition connector c to state STARTED',
  )
  await expect(instance.transitionTo('PAUSED')).rejects.toThrow(
    'WorkerConnector{id=c} Cannot transition connector to PAUSED since it has failed',
  )
  await instance.transitionTo('STOPPED')
  expect(states).toEqual(['FAILED 9.8', 'STOPPED 9.8'])
  expect(traces[0]).toStartWith('Error: no route\n')
})

test('a stop that throws fails a pause, not a stop', async () => {
  for (const [target, state] of [
    ['PAUSED', 'FAILED 9.8'],
    ['STOPPED', 'STOPPED 9.8'],
  ] as const) {
    const { instance, states } = recorded(call => {
      if (call === 'stop') throw new Error('busy')
    })
    await instance.transitionTo('STARTED')
    await instance.transitionTo(target)
    expect(states.at(-1)).toBe(state)
  }
})

test('a newer wish takes the place of one that waits; shutdown rejects it too', async () => {
  const gate = Promise.withResolvers<void>()
  const { instance } = recorded(call => (call === 'start' ? gate.promise : undefined))
  const starting = instance.transitionTo('STARTED')
  const pausing = instance.transitionTo('PAUSED')
  const stopping = instance.transitionTo('STOPPED')
  await expect(pausing).rejects.toThrow(
    'Could not begin changing connector state to PAUSED before another request to change state was made; the new ' +
      'request (which is to change the state to STOPPED) has pre-empted this one',
  )
  instance.shutdown()
  await expect(stopping).rejects.toThrow(
    'Could not begin changing connector state to STOPPED as the connector has been scheduled for shutdown',
  )
  gate.resolve()
  expect(await starting).toBe('STARTED')
  await instance.ended
})

test('a start that hangs can be given up: UNASSIGNED once, then silence', async () => {
  const { instance, states } = recorded(call => (call === 'start' ? never : undefined))
  const starting = instance.transitionTo('STARTED')
  instance.shutdown()
  expect(await instance.awaitShutdown(20)).toBe(false)
  instance.cancel()
  await expect(starting).rejects.toThrow('scheduled for shutdown')
  expect(states).toEqual(['UNASSIGNED null'])
})

test('stopped after it had failed, it gives back what it has, and can be started again', async () => {
  const { instance, calls, states, context } = recorded()
  await instance.transitionTo('STARTED')
  context().raiseError(new Error('gone'))
  await instance.transitionTo('STOPPED')
  await instance.transitionTo('STARTED')
  instance.shutdown()
  expect(await instance.awaitShutdown(1000)).toBe(true)
  expect(calls).toEqual(['start', 'stop', 'start', 'stop'])
  expect(states).toEqual(['RUNNING 9.8', 'FAILED 9.8', 'STOPPED 9.8', 'RUNNING 9.8', 'UNASSIGNED null'])
})

test('raiseError: FAILED while the object lives on, the first failure is told, shutdown still stops it', async () => {
  const { instance, calls, states, traces, context } = recorded()
  await instance.transitionTo('STARTED')
  context().raiseError(new Error('first'))
  context().raiseError(new Error('second'))
  expect(states).toEqual(['RUNNING 9.8', 'FAILED 9.8'])
  expect(traces[0]).toContain('first')
  instance.shutdown()
  await instance.ended
  expect(calls).toEqual(['start', 'stop'])
  expect(() => context().raiseError(new Error('late'))).toThrow(
    "The request to fail the connector has been rejected because this instance of the connector 'c' has already been shut down.",
  )
})

test('requestTaskReconfiguration reaches the herder until the object is shut down', async () => {
  const { instance, context, reconfigured } = recorded()
  await instance.transitionTo('STARTED')
  context().requestTaskReconfiguration()
  expect(reconfigured()).toBe(1)
  instance.shutdown()
  expect(() => context().requestTaskReconfiguration()).toThrow(
    "The request for task reconfiguration has been rejected because this instance of the connector 'c' has already been shut down.",
  )
})

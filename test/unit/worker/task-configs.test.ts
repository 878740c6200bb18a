import { expect, test } from 'bun:test'
import { sinkConnector } from '../../../src/sdk/plugin.ts'
import { completeTaskConfigs, taskConfigsChanged } from '../../../src/worker/task-configs.ts'

const plugin = sinkConnector({
  className: 'test.Sink',
  taskClassName: 'test.SinkTask',
  version: '1',
  config: {},
  task: () => ({ put() {} }),
})

test('the task class is added, topics are copied from the connector', () => {
  expect(completeTaskConfigs([{ a: '1', topics: 'mine' }, {}], plugin, { topics: 't', b: '2' })).toEqual([
    { a: '1', topics: 't', 'task.class': 'test.SinkTask' },
    { topics: 't', 'task.class': 'test.SinkTask' },
  ])
  expect(completeTaskConfigs([{}], plugin, { 'topics.regex': 't.*' })).toEqual([
    { 'topics.regex': 't.*', 'task.class': 'test.SinkTask' },
  ])
})

type Config = Record<string, string>
for (const [name, old, applied, next, connector, changed] of [
  ['never made', [], null, [{}], {}, true],
  ['none before, none now', [], null, [], {}, false],
  ['equal, whatever the order', [{ a: '1', b: '2' }], { c: '3' }, [{ b: '2', a: '1' }], { c: '3' }, false],
  ['another number', [{}], {}, [{}, {}], {}, true],
  ['another value', [{ a: '1' }], {}, [{ a: '2' }], {}, true],
  ['another key', [{ a: '1' }], {}, [{ b: '1' }], {}, true],
  ['a key more', [{ a: '1' }], {}, [{ a: '1', b: '1' }], {}, true],
  ['only the connector’s configuration', [{ a: '1' }], { c: '3' }, [{ a: '1' }], { c: '4' }, true],
] as [string, Config[], Config | null, Config[], Config, boolean][]) {
  test(`changed: ${name}: ${changed}`, () =>
    expect(taskConfigsChanged(old, applied, next, connector)).toBe(changed))
}

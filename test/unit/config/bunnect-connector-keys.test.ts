import { describe, expect, test } from 'bun:test'
import { configInfos, validateConnector } from '../../../src/config/connector-config.ts'
import { sinkConnector, sourceConnector } from '../../../src/sdk/index.ts'
import { pluginRegistry } from '../../../src/worker/plugins.ts'

const sink = (className: string, idempotentPut?: boolean) =>
  sinkConnector({
    className,
    taskClassName: `${className}Task`,
    version: '1',
    config: {},
    task: () => ({ put() {} }),
    ...(idempotentPut !== undefined && { idempotentPut }),
  })
const plugins = pluginRegistry([
  sink('x.Plain'),
  sink('x.Repeatable', true),
  sourceConnector({
    className: 'x.Source',
    taskClassName: 'x.Task',
    version: '1',
    config: {},
    task: () => ({ poll: () => null }),
  }),
])
const DLQ = 'bunnect.errors.deadletterqueue.'

async function told(className: string, keys: Record<string, string>) {
  const config = {
    name: 'c',
    'connector.class': className,
    ...(className !== 'Source' && { topics: 't' }),
    ...keys,
  }
  const infos = configInfos(await validateConnector(config, { plugins, worker: {} }))
  return infos.configs
    .filter(({ value }) => value.name.startsWith('bunnect.'))
    .map(({ value }) => value.errors[0])
}

describe('keys of our own are checked, and shown only where they are wrong', () => {
  test.each([
    ['Repeatable', { 'bunnect.errors.put': 'isolate' }, undefined],
    ['Plain', { 'bunnect.errors.put': 'none' }, undefined],
    [
      'Plain',
      { 'bunnect.errors.put': 'isolate' },
      'Invalid value isolate for configuration bunnect.errors.put: x.Plain does not declare that its puts may be repeated, so batches cannot be cut',
    ],
    [
      'Repeatable',
      { 'bunnect.errors.put': 'halve' },
      'Invalid value halve for configuration bunnect.errors.put: String must be one of: none, isolate',
    ],
    [
      'Source',
      { 'bunnect.errors.put': 'isolate' },
      'Invalid value isolate for configuration bunnect.errors.put: The key is for sinks: remove it',
    ],
    ['Source', { [`${DLQ}topic.name`]: 'q', [`${DLQ}topic.replication.factor`]: '1' }, undefined],
    [
      'Source',
      { [`${DLQ}topic.replication.factor`]: 'x' },
      `Invalid value x for configuration ${DLQ}topic.replication.factor: Not a number of type SHORT`,
    ],
    [
      'Source',
      { [`${DLQ}context.headers.enable`]: 'x' },
      `Invalid value x for configuration ${DLQ}context.headers.enable: Expected value to be either true or false`,
    ],
    [
      'Plain',
      { [`${DLQ}topic.name`]: 'q' },
      `Invalid value q for configuration ${DLQ}topic.name: The key is for sources: a sink has errors.deadletterqueue.topic.name`,
    ],
  ])('%s %j', async (className, keys, expected) => {
    expect(await told(className, keys as Record<string, string>)).toEqual(
      expected === undefined ? [] : [expected],
    )
  })
})

import { describe, expect, test } from 'bun:test'
import { PluginGroups } from '../../../src/observe/metrics/plugin-groups.ts'
import { PluginMeters, type PluginMetric } from '../../../src/observe/metrics/plugin-meters.ts'
import { prometheusText } from '../../../src/observe/metrics/prometheus.ts'
import { Metrics } from '../../../src/observe/metrics/registry.ts'
import { forgetSecrets, hide } from '../../../src/observe/secrets.ts'

const CONFIG = { samples: 2, windowMs: 30_000 }
const one = () => 1

describe('what cannot be added', () => {
  const metrics = new PluginMeters([['connector', 'c']]).of(['converter', 'key'])
  metrics.addMetric({ name: 'a-b' }, one)
  test.each<[PluginMetric, string]>([
    [{ name: 'a-b' }, 'Metric a-b already exists'],
    [{ name: 'A.b' }, 'Metric A.b already exists'],
    [{ name: 'x', tags: { connector: 'd' } }, 'Cannot use connector as a tag name'],
    [{ name: 'x', tags: { Converter: 'd' } }, 'Cannot use Converter as a tag name'],
    [{ name: 'x', tags: { '0': 'd' } }, 'Cannot use 0 as a tag name'],
    [{ name: 'x', tags: { 'q-r': 'd', q_r: 'e' } }, 'Cannot use q_r as a tag name'],
    [{ name: '' }, "A metric cannot be named ''"],
  ])('%j: %s', (metric, message) => {
    expect(() => metrics.addMetric(metric, one)).toThrow(message)
  })
  test('a sensor of which one metric is taken leaves nothing behind', () => {
    expect(() => metrics.addSensor('s', { total: { name: 'free' }, max: { name: 'a-b' } })).toThrow(
      'Metric a-b already exists',
    )
    metrics.addMetric({ name: 'free' }, one)
    expect(() => metrics.removeSensor('s')).toThrow('Unknown sensor s')
    expect(() => metrics.removeMetric({ name: 'none' })).toThrow('Unknown metric none')
  })
  test('no more than a thousand', () => {
    const many = new PluginMeters().of()
    for (let i = 0; i < 1000; i++) many.addMetric({ name: `m${i}` }, one)
    expect(() => many.addMetric({ name: 'm' }, one)).toThrow('Metric m is one too many: there are 1000')
  })
})

test('only what has changed is told, and nothing of what is over', () => {
  const meters = new PluginMeters([['connector', 'c']])
  const metrics = meters.of()
  let depth = 1
  metrics.addMetric({ name: 'depth', doc: 'How deep.' }, () => depth)
  const told = (value: number) => [{ name: 'depth', doc: 'How deep.', tags: [['connector', 'c']], value }]
  expect(meters.take()).toEqual(told(1) as never)
  expect(meters.take()).toBeNull()
  depth = 2
  expect(meters.take()).toEqual(told(2) as never)
  metrics.removeMetric({ name: 'depth' })
  expect(meters.take()).toEqual([])
  expect(meters.take()).toBeNull()
  meters.close()
  expect(meters.take()).toBeNull()
  expect(() => metrics.addMetric({ name: 'late' }, one)).toThrow('This PluginMetrics instance is closed')
})

test('groups follow what is told; a secret in a tag is hidden', () => {
  const metrics = new Metrics(CONFIG, () => 0)
  const groups = new PluginGroups(metrics)
  hide(['the-password'])
  const tags = [['connector', 'c'] as const, ['user', 'the-password'] as const]
  groups.show('c', [{ name: 'rows', doc: '', tags, value: 1 }])
  groups.show('c', [{ name: 'rows', doc: '', tags, value: 2 }])
  forgetSecrets()
  expect(prometheusText(metrics)).toContain('kafka_connect_plugins_rows{connector="c",user="[hidden]"} 2\n')
  expect(metrics.count(id => id === null)).toBe(1)
  groups.show('c', [])
  expect(prometheusText(metrics)).toBe('')
})

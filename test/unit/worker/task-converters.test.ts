import { expect, test } from 'bun:test'
import { builtInConverters } from '../../../src/converters/index.ts'
import { PluginMeters } from '../../../src/observe/metrics/plugin-meters.ts'
import { pluginRegistry } from '../../../src/worker/plugins.ts'
import { converterChoice, taskConverters } from '../../../src/worker/task-converters.ts'

const worker = {
  'key.converter': 'JsonConverter',
  'key.converter.schemas.enable': 'false',
  'value.converter': 'StringConverter',
}

for (const [name, connector, wanted] of [
  [
    'nothing at the connector: the worker’s class and sub-keys',
    {},
    { className: 'JsonConverter', config: { 'schemas.enable': 'false', 'converter.type': 'key' } },
  ],
  [
    'a class at the connector: none of the worker’s sub-keys',
    { 'key.converter': 'JsonConverter' },
    { className: 'JsonConverter', config: { 'converter.type': 'key' } },
  ],
  [
    'sub-keys without a class at the connector do not count',
    { 'key.converter.schemas.enable': 'true' },
    { className: 'JsonConverter', config: { 'schemas.enable': 'false', 'converter.type': 'key' } },
  ],
  [
    'both at the connector',
    { 'key.converter': 'X', 'key.converter.a': 'b' },
    { className: 'X', config: { a: 'b', 'converter.type': 'key' } },
  ],
] as [string, Record<string, string>, unknown][]) {
  test(name, () => expect(converterChoice('key.converter', connector, worker)).toEqual(wanted as never))
}

test('headers have a default', () =>
  expect(converterChoice('header.converter', {}, worker)).toEqual({
    className: 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
    config: { 'converter.type': 'header' },
  }))

test('aliases are resolved to class names, unknown classes refused', () => {
  const plugins = pluginRegistry(builtInConverters)
  const { classNames } = taskConverters(
    { 'header.converter': 'StringConverter' },
    worker,
    plugins,
    new PluginMeters(),
  )
  expect(classNames).toEqual({
    key: 'org.apache.kafka.connect.json.JsonConverter',
    value: 'org.apache.kafka.connect.storage.StringConverter',
    header: 'org.apache.kafka.connect.storage.StringConverter',
  })
  expect(() =>
    taskConverters({ 'value.converter': 'nope.Conv' }, worker, plugins, new PluginMeters()),
  ).toThrow('nope.Conv')
})

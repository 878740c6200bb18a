import { expect, test } from 'bun:test'
import * as file from '../../../connectors/file/index.ts'
import { unreadKeyWarnings, unresolvedReferences } from '../../../src/config/connector/unread-keys.ts'
import { validateConnector } from '../../../src/config/connector-config.ts'
import { builtInConverters } from '../../../src/converters/index.ts'
import { builtInTransformations } from '../../../src/transforms/index.ts'
import { pluginRegistry } from '../../../src/worker/plugins.ts'

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter'
const plugins = pluginRegistry([...Object.values(file), ...builtInConverters, ...builtInTransformations])
const worker = { 'key.converter': JSON_CONVERTER, 'value.converter': JSON_CONVERTER }
const FIELD = {
  transforms: 'h',
  'transforms.h.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
  'transforms.h.field': 'x',
}

async function warnings(className: string, keys: Record<string, string>) {
  const config = { name: 'c', 'connector.class': className, ...keys }
  const { keys: checked, plugin } = await validateConnector(config, { plugins, worker })
  return unreadKeyWarnings(config, checked, plugin)
}

test.each<[string, Record<string, string>, string[]]>([
  [
    'Source',
    { topic: 't', 'errors.tolerence': 'all' },
    ['errors.tolerence is unknown: did you mean errors.tolerance?'],
  ],
  [
    'Source',
    { topic: 't', 'errors.deadletterqueue.topic.name': 'q' },
    [
      'errors.deadletterqueue.topic.name has no effect: it is read of sinks only; of a source it is bunnect.errors.deadletterqueue.topic.name',
    ],
  ],
  [
    'Sink',
    { topics: 't', 'topic.creation.groups': 'a' },
    ['topic.creation.groups has no effect: it is read of sources only'],
  ],
  [
    'Sink',
    { topics: 't', 'value.converter.schemas.enable': 'false' },
    ['value.converter.schemas.enable has no effect without value.converter'],
  ],
  [
    'Sink',
    { topics: 't', ...FIELD, 'transforms.g.type': 'x', 'transforms.g.field': 'y' },
    ['transforms.g has no effect: g is not in transforms'],
  ],
  [
    'Source',
    {
      topic: 't',
      ...FIELD,
      'bunnect.errors.deadletterqueue.topic.name': 'q',
      'topic.creation.default.partitions': '1',
      'topic.creation.default.replication.factor': '1',
      'producer.override.lingerms': '5',
      'value.converter': JSON_CONVERTER,
      'value.converter.schemas.enable': 'false',
      'value.converter.its.own': 'x',
      'anything.else': 'x',
    },
    [],
  ],
])('FileStream%s %j', async (kind, keys, expected) => {
  expect(await warnings(`FileStream${kind}`, keys)).toEqual(expected)
})

test('references that nobody has replaced', () => {
  const config = { a: '${file:/x:k}', b: 'no ${reference}', c: '${fil:/x:k}-${env:K}', d: null }
  expect(unresolvedReferences(config, [{ reference: '${file:/x:k}' }, { reference: '${env:K}' }])).toEqual([
    "c keeps the text ${fil:/x:k}: the worker's configuration has no config provider fil, or that has no such key",
  ])
})

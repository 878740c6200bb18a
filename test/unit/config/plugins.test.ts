import { describe, expect, test } from 'bun:test'
import { builtInConverters } from '../../../src/converters/index.ts'
import { ConnectException } from '../../../src/data/errors.ts'
import { type ConverterPlugin, sinkConnector, sourceConnector } from '../../../src/sdk/plugin.ts'
import { builtInTransformations } from '../../../src/transforms/index.ts'
import { pluginRegistry } from '../../../src/worker/plugins.ts'

const source = (className: string) =>
  sourceConnector({
    className,
    taskClassName: `${className}Task`,
    version: '4.3.1',
    config: {},
    task: () => ({ poll: () => null }),
  })
const sink = (className: string) =>
  sinkConnector({
    className,
    taskClassName: `${className}Task`,
    version: '4.3.1',
    config: {},
    task: () => ({ put() {} }),
  })
const converter = (className: string, kinds: { data: boolean; header: boolean }): ConverterPlugin => ({
  kind: 'converter',
  className,
  version: '4.3.1',
  config: {},
  ...(kinds.data && { converter: () => ({ serialize() {}, deserialize() {} }) }),
  ...(kinds.header && { headerConverter: () => ({ serialize() {}, deserialize() {} }) }),
})

const FILE_SOURCE = 'org.apache.kafka.connect.file.FileStreamSourceConnector'
const FILE_SINK = 'org.apache.kafka.connect.file.FileStreamSinkConnector'
const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter'
const SIMPLE = 'org.apache.kafka.connect.storage.SimpleHeaderConverter'

const registry = pluginRegistry([
  source(FILE_SOURCE),
  sink(FILE_SINK),
  sink('b.Twin'),
  source('a.TwinConnector'),
  converter(JSON_CONVERTER, { data: true, header: true }),
  converter(SIMPLE, { data: false, header: true }),
  converter('x.Outer$Nested', { data: true, header: false }),
  converter('y.Outer$Nested', { data: true, header: false }),
])

describe('names', () => {
  test.each([
    [FILE_SOURCE, FILE_SOURCE],
    ['FileStreamSource', FILE_SOURCE],
    ['FileStreamSourceConnector', FILE_SOURCE],
    ['FileStreamSink', FILE_SINK],
    ['Json', JSON_CONVERTER],
    ['JsonConverter', JSON_CONVERTER],
    ['Simple', SIMPLE],
    ['SimpleHeaderConverter', SIMPLE],
    ['x.Outer$Nested', 'x.Outer$Nested'],
    ['TwinConnector', 'a.TwinConnector'],
  ])('%s', (name, className) => {
    expect(registry.find(name)?.className).toBe(className)
  })
  test.each(['Nested', 'Twin', 'filestreamsource', '', 'Header'])('%p is nobody', name => {
    expect(registry.find(name)).toBeNull()
  })
})

test('an unknown connector: the text lists the others as the JVM does', () => {
  const small = pluginRegistry([source(FILE_SOURCE), sink(FILE_SINK)])
  expect(() => small.connector('nope.Nope')).toThrow(
    new ConnectException(
      'Failed to find any class that implements Connector and which name matches nope.Nope, available connectors are: ' +
        "PluginDesc{klass=class org.apache.kafka.connect.file.FileStreamSinkConnector, name='org.apache.kafka.connect.file.FileStreamSinkConnector', version='4.3.1', encodedVersion=4.3.1, type=sink, typeName='sink', location='classpath'}, " +
        "PluginDesc{klass=class org.apache.kafka.connect.file.FileStreamSourceConnector, name='org.apache.kafka.connect.file.FileStreamSourceConnector', version='4.3.1', encodedVersion=4.3.1, type=source, typeName='source', location='classpath'}",
    ),
  )
})

test('an alias of two connectors', () => {
  expect(() => registry.connector('Twin')).toThrow(
    'More than one connector matches alias Twin. Please use full package and class name instead. Classes found: PluginDesc{',
  )
})

test('a converter is no connector and the other way round', () => {
  expect(() => registry.connector(JSON_CONVERTER)).toThrow(
    'Failed to find any class that implements Connector',
  )
  expect(() => registry.converter(FILE_SINK)).toThrow(`which name matches ${FILE_SINK}`)
  expect(registry.converter('Json').className).toBe(JSON_CONVERTER)
})

test('the list is in the order of the JVM', () => {
  expect(registry.list(false).map(entry => `${entry.type} ${entry.class}`)).toEqual([
    'sink b.Twin',
    `sink ${FILE_SINK}`,
    'source a.TwinConnector',
    `source ${FILE_SOURCE}`,
    `converter ${JSON_CONVERTER}`,
    'converter x.Outer$Nested',
    'converter y.Outer$Nested',
    `header_converter ${JSON_CONVERTER}`,
    `header_converter ${SIMPLE}`,
  ])
  expect(registry.list(true)).toHaveLength(4)
})

test('class values of keys', () => {
  expect(registry.resolveClass('Json', 'key.converter')).toBe(JSON_CONVERTER)
  expect(registry.resolveClass('nope', 'value.converter')).toBeNull()
  expect(registry.resolveClass('nope', 'transforms.a.type')).toBeNull()
  expect(registry.resolveClass('my.Engine', 'ssl.engine.factory.class')).toBe('my.Engine')
})

describe('the hint for an unknown class', () => {
  const known = pluginRegistry(
    [source(FILE_SOURCE), ...builtInTransformations, ...builtInConverters],
    name => (name === 'com.acme.Sink' ? 'It stands in acme.jar: keep it on a JVM worker.' : undefined),
  )
  const hoist = 'org.apache.kafka.connect.transforms.HoistField'
  test.each([
    ['Jsom', 'Did you mean Json?'],
    ['HoistField', `Did you mean ${hoist}$Key or ${hoist}$Value?`],
    [hoist, `Did you mean ${hoist}$Key or ${hoist}$Value?`],
    ['HoistFeild$Value', `Did you mean ${hoist}$Value?`],
    ['HoistField$Value', `Did you mean ${hoist}$Value?`],
    ['com.acme.Sink', 'It stands in acme.jar: keep it on a JVM worker.'],
  ])('%s', (name, hint) => {
    expect(known.hint(name, ['transformation', 'converter', 'header_converter'])).toBe(hint)
  })
  test('nothing near: what there is', () => {
    expect(known.hint('com.acme.Thing', ['source'])).toBe(`This worker has ${FILE_SOURCE}.`)
    expect(known.hint('com.acme.Thing', ['transformation'])).toBe(
      'It is neither built in nor on plugin.path; GET /connector-plugins?connectorsOnly=false lists what is.',
    )
  })
  test('comes with every refusal', () => {
    const hintOf = (ask: () => unknown) => {
      try {
        ask()
        return null
      } catch (error) {
        return (error as ConnectException).hint
      }
    }
    const told = 'It stands in acme.jar: keep it on a JVM worker.'
    expect(hintOf(() => known.connector('com.acme.Sink'))).toBe(told)
    expect(hintOf(() => known.converter('com.acme.Sink'))).toBe(told)
    expect(hintOf(() => known.transformation('HoistField'))).toContain('Did you mean')
    expect(hintOf(() => known.predicate('com.acme.Sink'))).toBe(told)
    expect(hintOf(() => known.connector('FileStreamSourc'))).toBe('Did you mean FileStreamSource?')
  })
})

import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInPlugins } from '../../../src/cli/builtins.ts'
import { javaPlugins } from '../../../src/worker/outside/jars.ts'
import { javaHint, javaReport, unreadableArchives } from '../../../src/worker/outside/java-report.ts'
import { pluginPlaces } from '../../../src/worker/outside/places.ts'
import { pluginRegistry } from '../../../src/worker/plugins.ts'
import { jar } from './jar.ts'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-jars-'))
afterAll(() => rmSync(folder, { recursive: true }))
const SINK = 'META-INF/services/org.apache.kafka.connect.sink.SinkConnector'
const VALUE = 'META-INF/services/org.apache.kafka.connect.storage.Converter'
const HEADER = 'META-INF/services/org.apache.kafka.connect.storage.HeaderConverter'
const FILE_SINK = 'org.apache.kafka.connect.file.FileStreamSinkConnector'

mkdirSync(join(folder, 'jdbc/lib'), { recursive: true })
mkdirSync(join(folder, 'old'))
writeFileSync(
  join(folder, 'jdbc/lib/jdbc.jar'),
  jar({
    'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\n',
    [SINK]: '# ours\nio.example.JdbcSinkConnector # one\n\nio.example.Other\r\n',
    'io/example/A.class': 'x'.repeat(100_000),
  }),
)
writeFileSync(join(folder, 'jdbc/lib/driver.jar'), jar({ 'a.class': '' }))
writeFileSync(
  join(folder, 'file.zip'),
  jar({ [SINK]: FILE_SINK, [VALUE]: 'io.example.Avro', [HEADER]: 'io.example.Avro' }),
)
writeFileSync(join(folder, 'old/old.jar'), jar({ 'b.class': '' }))
writeFileSync(join(folder, 'broken.jar'), 'no archive')

test('what service files name is told, and what is built in', async () => {
  const found = await javaPlugins(pluginPlaces([folder]).jars)
  expect(found.plugins).toEqual([
    { className: FILE_SINK, types: ['sink'], jar: join(folder, 'file.zip') },
    { className: 'io.example.Avro', types: ['converter', 'header_converter'], jar: join(folder, 'file.zip') },
    { className: 'io.example.JdbcSinkConnector', types: ['sink'], jar: join(folder, 'jdbc/lib/jdbc.jar') },
    { className: 'io.example.Other', types: ['sink'], jar: join(folder, 'jdbc/lib/jdbc.jar') },
  ])
  const registry = builtInPlugins()
  const report = javaReport(found, name => registry.find(name) !== null)
  expect(report.slice(0, 2)).toEqual([
    `Java plugin ${FILE_SINK}: built in here (${folder}/file.zip is not needed)`,
    `Java plugin io.example.Avro: not available, keep it on a JVM worker (${folder}/file.zip)`,
  ])
  expect(report.slice(4)).toEqual([
    `The Java archives in ${folder}/old name no plugins in META-INF/services; what they hold is not available, keep it on a JVM worker`,
  ])
  expect(unreadableArchives(found)).toEqual([
    expect.stringContaining(`${folder}/broken.jar cannot be read as a Java archive`),
  ])
})

test('an unknown class that an archive has gets a hint, by each of its names', async () => {
  const { plugins } = await javaPlugins(pluginPlaces([folder]).jars)
  const registry = pluginRegistry([], javaHint(plugins))
  const hint = `io.example.JdbcSinkConnector is a Java plugin (${folder}/jdbc/lib/jdbc.jar), which is not available here: keep it on a JVM worker.`
  for (const name of ['io.example.JdbcSinkConnector', 'JdbcSinkConnector', 'JdbcSink']) {
    try {
      registry.connector(name)
      throw new Error('found')
    } catch (error) {
      expect((error as Error).message).toStartWith(
        'Failed to find any class that implements Connector and which name matches',
      )
      expect((error as { hint?: string }).hint).toContain(hint)
    }
  }
})

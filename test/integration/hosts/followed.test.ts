import { expect, test } from 'bun:test'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../servers/run.ts'
import { startHostsWorker } from './support.ts'

test('a converter that only the worker names is followed too when its file changes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bunnect-followed-'))
  const plugins = join(folder, 'plugins')
  mkdirSync(plugins)
  const code = (mark: string) => `
    import { converter } from 'bunnect'
    export const marking = converter({
      className: 'test.followed.Marking', version: '1.0', config: {},
      converter: () => ({
        serialize: (topic, schema, value, out) => out.putUtf8('${mark} ' + value),
        deserialize() { throw new Error('not used') },
      }),
    })`
  const plugin = join(plugins, 'marking.ts')
  const input = join(folder, 'in.txt')
  const output = join(folder, 'out.txt')
  writeFileSync(plugin, code('old'))
  writeFileSync(input, 'one\n')
  const worker = await startHostsWorker('embedded', {
    'plugin.path': plugins,
    'value.converter': 'Marking',
    'bunnect.data.dir': join(folder, 'data'),
  })
  try {
    await worker.create({ name: 'in', 'connector.class': 'FileStreamSource', file: input, topic: 'marks' })
    await worker.create({
      name: 'out',
      'connector.class': 'FileStreamSink',
      file: output,
      topics: 'marks',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    })
    await until('the first line', () => readFileSync(output, 'utf8') === 'old one\n')
    writeFileSync(plugin, code('new'))
    await until('the restart', async () => (await worker.log()).includes('Restarting connector in:'))
    appendFileSync(input, 'two\n')
    await until('the second line', () => readFileSync(output, 'utf8') === 'old one\nnew two\n')
    expect(await worker.log()).not.toContain('Restarting connector out:')
  } finally {
    await worker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

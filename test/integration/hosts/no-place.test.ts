import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { builtInPlugins } from '../../../src/cli/builtins.ts'
import { embeddedClient } from '../../../src/kafka/embedded/client.ts'
import { openOffsets } from '../../../src/stores/open-offsets.ts'
import { Worker } from '../../../src/worker/worker.ts'
import { until } from '../../servers/run.ts'
import { childrenOf } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-no-place-'))
const program = join(folder, 'program')
const main = resolve(import.meta.dir, '../../../src/main.ts')
writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`, { mode: 0o755 })

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('where no other host can be started, whatever ran on the last one fails with the reason', async () => {
  const traces: string[] = []
  const plugins = builtInPlugins()
  const worker = new Worker({
    config: { 'bootstrap.servers': '127.0.0.1:1' },
    gracefulStopMs: 1000,
    offsetFlushIntervalMs: 1000,
    offsetFlushTimeoutMs: 1000,
    kafka: await embeddedClient(folder, {}),
    plugins,
    offsets: await openOffsets(join(folder, 'offsets')),
    status: {
      connector: (name, state, { trace }) => {
        if (state === 'FAILED') traces.push(`${name} ${trace}`)
      },
      task: () => {},
      topic: () => {},
    },
    hosts: {
      most: 1,
      builtIns: true,
      command: [program, 'task-host'],
      dataDir: folder,
      pluginTimeoutMs: 10_000,
      transformTimeoutMs: 10_000,
      hostTimeoutMs: 10_000,
      memoryMaxBytes: 2 ** 31,
      find: plugins.find,
      fileOf: () => null,
    },
  })
  for (const name of ['one', 'two']) {
    const config = { name, 'connector.class': 'FileStreamSource', topic: 't', file: 'f' }
    expect(await worker.startConnector(name, config, 'STARTED', () => {})).toBe('STARTED')
  }
  const [host] = childrenOf(process.pid)
  unlinkSync(program)
  process.kill(host!, 'SIGKILL')
  await until('both to fail', () => traces.length === 2)
  expect(traces[0]).toMatch(/^one .*has ended, and no other host could be started: Error: ENOENT/)
  expect(traces[1]).toMatch(/^two .*has ended, and no other host could be started: Error: ENOENT/)
  await worker.stop()
})

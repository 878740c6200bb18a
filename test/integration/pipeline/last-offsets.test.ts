import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInPlugins } from '../../../src/cli/builtins.ts'
import { embeddedClient } from '../../../src/kafka/embedded/client.ts'
import { openOffsets } from '../../../src/stores/open-offsets.ts'
import { Worker } from '../../../src/worker/worker.ts'
import { until } from '../../servers/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-last-offsets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a place for offsets is released when the last ones of a stopping task are in it, the object long gone', async () => {
  const store = await openOffsets(join(folder, 'offsets'))
  const order: string[] = []
  const gate = Promise.withResolvers<void>()
  const worker = new Worker({
    config: {
      'bootstrap.servers': 'embedded',
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    },
    gracefulStopMs: 20_000,
    offsetFlushIntervalMs: 600_000, // Only the stop commits.
    offsetFlushTimeoutMs: 20_000,
    kafka: await embeddedClient(folder, {}),
    plugins: builtInPlugins(),
    offsets: {
      get: (...asked) => store.get(...asked),
      async set(...entries) {
        order.push('asked')
        await gate.promise
        await store.set(...entries)
        order.push('stored')
      },
      use() {},
      release: connector => order.push(`released ${connector}`),
    },
    status: { connector() {}, task() {}, topic() {} },
  })
  const file = join(folder, 'lines')
  writeFileSync(file, 'one\n')
  const config = { name: 'c', 'connector.class': 'FileStreamSource', topic: 't', file }
  expect(await worker.startConnector('c', config, 'STARTED', () => {})).toBe('STARTED')
  const task = { connector: config, task: config, target: 'STARTED' as const }
  expect(await worker.startTask({ connector: 'c', task: 0 }, task)).toBe(true)
  await until('the line is written', () => worker.recordCounts().written === 1)

  const ended = worker.stopAndAwaitTasks([{ connector: 'c', task: 0 }])
  await worker.stopAndAwaitConnectors(['c'])
  await until('the last commit', () => order.length > 0)
  expect(order).toEqual(['asked'])
  gate.resolve()
  await ended
  expect(order).toEqual(['asked', 'stored', 'released c'])
  expect(await store.get('c', [{ filename: file }])).toEqual([{ position: 4 }])
  await worker.stop()
  await store.close()
}, 120_000)

/** What plugins measure of themselves (KIP-877): the same in the worker and out of a task host. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { sharedBroker } from '../../servers/kafka.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'
import { Door } from '../../unit/rest/door.ts'
import { until } from '../standalone/support.ts'
import * as monitored from './monitored/plugins.ts'
import { series } from './pages.ts'

interface Side {
  page(): Promise<string>
  create(config: Record<string, string>): Promise<void>
  ask(method: string, path: string): Promise<unknown>
  close(): Promise<unknown>
}

const config = {
  name: 'c',
  'connector.class': 'test.monitored.Source',
  topic: `monitored-${process.pid}`,
  'value.converter': 'test.monitored.Text',
  transforms: 'x',
  'transforms.x.type': 'test.monitored.Transform',
  'transforms.x.predicate': 'p',
  predicates: 'p',
  'predicates.p.type': 'test.monitored.Always',
}

const TASK = 'connector="c",task="0"'
const EXPECTED = {
  'kafka_connect_plugins_tables{connector="c"}': 7,
  [`kafka_connect_plugins_read_total{${TASK},table="a \\"b\\"\\n"}`]: 6,
  [`kafka_connect_plugins_read_max{${TASK},table="a \\"b\\"\\n"}`]: 3,
  [`kafka_connect_plugins_call_total{${TASK},converter="value"}`]: 3,
  [`kafka_connect_plugins_call_total{${TASK},transformation="x"}`]: 3,
  [`kafka_connect_plugins_call_total{${TASK},predicate="p"}`]: 3,
}

async function inWorker(): Promise<Side> {
  const door = await Door.open({}, Object.values(monitored))
  return {
    page: async () => (await door.get('/metrics', { accept: 'text/plain;version=0.0.4' })).text,
    create: async connector => void (await door.post('/connectors', { name: 'c', config: connector })),
    ask: (method, path) => door.ask(method, path),
    close: () => door.close(),
  }
}

async function inHost(): Promise<Side> {
  const broker = await sharedBroker()
  const worker: ConnectWorker = await startWorker('bunnect', {
    bootstrap: broker.bootstrap,
    worker: {
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'plugin.path': join(import.meta.dir, 'monitored'),
      'bunnect.task.hosts': '1',
    },
  })
  return {
    page: async () => await (await worker.fetch('/metrics')).text(),
    create: connector => worker.create(connector),
    ask: (method, path) => worker.fetch(path, { method }),
    close: async () => {
      await worker.stop()
      await broker.stop()
    },
  }
}

describe.each([
  ['the worker', inWorker],
  ['a task host', inHost],
] as const)('in %s', (_, open) => {
  let side: Side
  beforeAll(async () => {
    side = await open()
  }, 120_000)
  afterAll(async () => void (await side.close()), 120_000)

  const plugins = async () =>
    Object.fromEntries(
      [...series(await side.page())].filter(([name]) => name.startsWith('kafka_connect_plugins_')),
    )

  test('every kind of plugin shows its metrics with its tags, until it is gone', async () => {
    await side.create(config)
    const written = `kafka_connect_source_task_source_record_write_total{${TASK}}`
    await until('the three records', async () => series(await side.page()).get(written) === 3)
    await until('all metrics', async () => Bun.deepEquals(await plugins(), EXPECTED), 30_000).catch(() => {})
    expect(await plugins()).toEqual(EXPECTED)
    expect(await side.page()).toContain('# HELP kafka_connect_plugins_tables Tables that are followed.\n')
    await side.ask('DELETE', '/connectors/c')
    await until('nothing to be left', async () => Object.keys(await plugins()).length === 0)
  }, 120_000)
})

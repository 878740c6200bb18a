import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, startBroker } from '../servers/kafka.ts'
import { until } from '../servers/run.ts'
import { TopicProbe } from '../servers/topics.ts'
import { type ConnectWorker, type Side, startWorker } from '../servers/worker.ts'

let broker: Broker
let probe: TopicProbe
const folder = mkdtempSync(join(tmpdir(), 'bunnect-takeover-'))
beforeAll(async () => {
  broker = await startBroker()
  probe = new TopicProbe(broker.bootstrap)
}, 120_000)
afterAll(async () => {
  await probe.close()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const start = (side: Side, group: string) =>
  startWorker(side, {
    bootstrap: broker.bootstrap,
    mode: 'distributed',
    worker: {
      'group.id': group,
      'config.storage.topic': `${group}-configs`,
      'offset.storage.topic': `${group}-offsets`,
      'status.storage.topic': `${group}-statuses`,
      'config.storage.replication.factor': '1',
      'offset.storage.replication.factor': '1',
      'status.storage.replication.factor': '1',
      'offset.flush.interval.ms': '500',
      'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
      'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    },
  })

for (const [first, second] of [
  ['bunnect', 'jvm'],
  ['jvm', 'bunnect'],
] as [Side, Side][]) {
  test(`what ${first} has written, ${second} goes on with, and rewrites nothing`, async () => {
    const group = `takeover-${first}`
    const input = join(folder, `${first}.in`)
    const output = join(folder, `${first}.out`)
    await Bun.write(input, 'one\ntwo\n')
    const values = async () => (await probe.readAll(`${group}-lines`)).map(({ value }) => String(value))
    const configs = async () =>
      (await probe.readAll(`${group}-configs`)).map(({ key, value }) => [String(key), value && String(value)])
    const create = async (worker: ConnectWorker, body: object) => {
      const headers = { 'Content-Type': 'application/json' }
      const answer = await worker.fetch('/connectors', {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
      expect(answer.status).toBe(201)
    }
    const source = {
      'connector.class': 'FileStreamSource',
      'tasks.max': '1',
      file: input,
      topic: `${group}-lines`,
    }
    const sink = {
      'connector.class': 'FileStreamSink',
      'tasks.max': '2',
      file: output,
      topics: `${group}-lines`,
    }
    let worker = await start(first, group)
    try {
      await create(worker, { name: 'source', config: source })
      await create(worker, { name: 'sink', config: sink })
      await create(worker, { name: 'still', config: source, initial_state: 'STOPPED' })
      await worker.awaitState('source', 'RUNNING')
      await worker.awaitState('sink', 'RUNNING')
      await until(
        'the lines',
        async () => (await values()).length === 2 && (await Bun.file(output).text()) === 'one\ntwo\n',
      )
      await until('their offset', async () => {
        const counts = await probe.recordCounts([{ name: `${group}-offsets`, partitions: 25 }])
        return counts.get(`${group}-offsets`)! > 0
      })
      await worker.stop()
      const before = await configs()
      worker = await start(second, group)
      await worker.awaitState('source', 'RUNNING')
      await worker.awaitState('sink', 'RUNNING')
      await Bun.write(input, 'one\ntwo\nthree\n')
      await until('the third line', async () => (await Bun.file(output).text()).includes('three'))
      expect(await values()).toEqual(['one', 'two', 'three'])
      expect(await Bun.file(output).text()).toBe('one\ntwo\nthree\n')
      const still = await (await worker.fetch('/connectors/still/status')).json()
      expect(still).toMatchObject({ connector: { state: 'STOPPED' }, tasks: [] })
      expect(await configs()).toEqual(before)
    } finally {
      await worker.kill()
    }
  }, 180_000)
}

/** Source offsets in the offsets topic, handed from worker to worker: nothing comes twice, nothing is left out. */
import { afterAll, expect, test } from 'bun:test'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharedBroker } from '../servers/kafka.ts'
import { until } from '../servers/run.ts'
import { TopicProbe } from '../servers/topics.ts'
import { type Side, startWorker } from '../servers/worker.ts'

const broker = await sharedBroker()
const probe = new TopicProbe(broker.bootstrap)
const folder = mkdtempSync(join(tmpdir(), 'bunnect-offsets-topic-'))
afterAll(async () => {
  await probe.close()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a worker of either kind goes on where one of the other kind has stopped', async () => {
  const name = `handed-${process.pid}-${Date.now()}`
  const file = join(folder, 'lines')
  writeFileSync(file, '')
  let written = 0
  let made = false
  for (const side of ['jvm', 'bunnect', 'jvm', 'bunnect'] as const satisfies readonly Side[]) {
    const worker = await startWorker(side, {
      bootstrap: broker.bootstrap,
      mode: 'distributed',
      worker: {
        'group.id': name,
        'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'config.storage.topic': `${name}-configs`,
        'status.storage.topic': `${name}-statuses`,
        'offset.storage.topic': `${name}-offsets`,
        'config.storage.replication.factor': '1',
        'status.storage.replication.factor': '1',
        'offset.storage.replication.factor': '1',
        'offset.storage.partitions': '1',
        'offset.flush.interval.ms': '200',
      },
      dir: join(folder, `${side}-${written}`),
    })
    if (!made)
      await worker.create({ name: 'lines', 'connector.class': 'FileStreamSource', file, topic: name })
    made = true
    appendFileSync(file, `${side} ${++written}\n`)
    const offset = `{"position":${Bun.file(file).size}}`
    await until(`line ${written}`, async () => (await probe.endOffset(name)) >= written, 60_000)
    const last = async () => (await probe.readAll(`${name}-offsets`)).at(-1)
    await until(`its offset by ${side}`, async () => `${(await last())?.value}` === offset, 30_000)
    expect(`${(await last())?.key}`).toBe(`["lines",{"filename":"${file}"}]`)
    await worker.stop()
  }
  const lines = (await probe.readAll(name)).map(({ value }) => `${value}`)
  expect(lines).toEqual(['jvm 1', 'bunnect 2', 'jvm 3', 'bunnect 4'])
}, 300_000)

/** A source connector with `offsets.storage.topic` on a worker as people run it, its task here and in a host. */
import { afterAll, expect, test } from 'bun:test'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { TopicProbe } from '../../servers/topics.ts'
import { startWorker } from '../../servers/worker.ts'
import { freshTopic, topicOf, workerOn } from './support.ts'

const broker = await sharedBroker()
const probe = new TopicProbe(broker.bootstrap)
const folder = mkdtempSync(join(tmpdir(), 'bunnect-own-offsets-'))
afterAll(async () => {
  await probe.close()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function stored(topic: string): Promise<string[]> {
  const found: string[] = []
  for (let partition = 0; partition < 2; partition++)
    for await (const { key, value } of probe.read(topic, partition)) found.push(`${key}=${value}`)
  return found
}

for (const hosts of ['0', '1']) {
  test(`offsets go to the connector's topic and the worker's, and a restarted worker resumes from them (${hosts} hosts)`, async () => {
    const config = workerOn(broker.bootstrap, { 'offset.storage.partitions': '2' })
    const [file, topic, own] = [join(folder, `lines-${hosts}`), freshTopic('lines'), freshTopic('own')]
    writeFileSync(file, 'one\ntwo\n')
    const start = () =>
      startWorker('bunnect', {
        bootstrap: broker.bootstrap,
        mode: 'distributed',
        worker: { ...config.raw, 'bunnect.task.hosts': hosts, 'offset.flush.interval.ms': '200' },
        dir: join(folder, `worker-${hosts}`),
      })
    const values = async () => (await probe.readAll(topic)).map(({ value }) => `${value}`)
    const offset = (position: number) => `["lines",{"filename":"${file}"}]={"position":${position}}`
    const last = async (of: string) => (await stored(of)).at(-1)

    const first = await start()
    await first.create({
      name: 'lines',
      'connector.class': 'FileStreamSource',
      file,
      topic,
      'offsets.storage.topic': own,
    })
    // That of both lines: a commit may come between their acknowledgements.
    await until('their offset', async () => (await last(own)) === offset(8))
    await until('its copy', async () => (await last(topicOf(config, 'offsets'))) === offset(8))
    await first.kill()

    appendFileSync(file, 'three\n')
    const second = await start()
    await until('the third line', async () => (await values()).includes('three'))
    const changed = await second.fetch('/connectors/lines/pause', { method: 'PUT' })
    expect(changed.status).toBe(202)
    await second.awaitState('lines', 'PAUSED')
    expect((await second.fetch('/connectors/lines', { method: 'DELETE' })).status).toBe(204)
    const closed = `Stopped KafkaBasedLog for topic ${own}`
    await until('its topic is closed', async () => (await second.log()).includes(closed))
    await second.stop()

    expect(await values()).toEqual(['one', 'two', 'three'])
    expect(await last(own)).toBe(offset(14))
    expect(await last(topicOf(config, 'offsets'))).toBe(offset(14))
    expect(await second.log()).toContain(`Connector lines keeps its offsets in topic ${own}`)
  }, 120_000)
}

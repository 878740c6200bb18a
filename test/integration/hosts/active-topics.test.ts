import { expect, test } from 'bun:test'
import { until } from '../../servers/run.ts'
import type { ConnectWorker } from '../../servers/worker.ts'
import { numbers, ownGround } from './ground.ts'

const { newTopic, start } = ownGround('topics', worker => worker.stop())

async function topicsOf(worker: ConnectWorker, connector: string): Promise<string[]> {
  const answer = await worker.fetch(`/connectors/${connector}/topics`)
  const body = (await answer.json()) as Record<string, { topics: string[] }>
  return body[connector]!.topics
}

test('tasks in hosts tell the topics they use, and again after a reset (KIP-558)', async () => {
  const topic = await newTopic()
  const worker = await start({ 'bunnect.task.hosts': '2' })
  await worker.create(numbers('numbers', topic))
  await worker.create({
    name: 'lines',
    'connector.class': 'FileStreamSink',
    file: '/dev/null',
    topics: topic,
    'tasks.max': '1',
  })
  for (const connector of ['numbers', 'lines']) {
    await until(`the topic of ${connector}`, async () => (await topicsOf(worker, connector)).join() === topic)
    const reset = await worker.fetch(`/connectors/${connector}/topics/reset`, { method: 'PUT' })
    expect(reset.status).toBe(202)
    // It goes on with the same topic, which counts as new.
    await until(
      `the topic of ${connector} again`,
      async () => (await topicsOf(worker, connector)).join() === topic,
    )
  }
})

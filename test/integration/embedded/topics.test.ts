import { afterEach, expect, test } from 'bun:test'
import {
  createTopic,
  deliveries,
  type Port,
  packed,
  portOf,
  publish,
  readAll,
  sendAll,
} from '../../port/harness.ts'
import { cleanUp, directory, openLog } from './support.ts'

afterEach(cleanUp)

const values = async (port: Port) =>
  (await readAll(port, [{ topic: 't', partition: 0 }])).records.map(record => record.value)

test('what is sent while a topic is being deleted goes into a new one, acknowledged and readable', async () => {
  const path = directory()
  const client = openLog(path)
  const port = portOf(client)
  await createTopic(port, 't', 1)
  await publish(port, [{ topic: 't', value: 'old' }])
  const admin = await client.admin({})
  await admin.alterGroupOffsets('g', [{ topic: 't', partition: 0, offset: 1 }])
  const producer = await client.producer({})
  const outcomes = deliveries(producer)
  const deleted = admin.deleteTopics(['t'])
  await sendAll(producer, packed([{ topic: 't', value: 'new' }]))
  await deleted
  expect(await producer.flush(10_000)).toBe(true)
  expect(outcomes.map(run => [run.baseOffset, run.error])).toEqual([[0, null]])
  expect(await admin.groupOffsets('g')).toEqual([])
  expect(await values(port)).toEqual(['new'])
  await client.retain()
  await client.close()
  expect(await values(portOf(openLog(path)))).toEqual(['new'])
})

test('what was sent just before a topic is deleted and made anew stays out of the new one', async () => {
  const client = openLog(directory())
  const port = portOf(client)
  await createTopic(port, 't', 1)
  const admin = await client.admin({})
  const producer = await client.producer({})
  await sendAll(producer, packed([{ topic: 't', value: 'old' }]))
  const deleted = admin.deleteTopics(['t'])
  await createTopic(port, 't', 1)
  await deleted
  await producer.flush(10_000)
  await publish(port, [{ topic: 't', value: 'new' }])
  expect(await values(port)).toEqual(['new'])
  await expect(admin.deleteTopics(['t', 't'])).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
})

/** What the admin client does when brokers change their duties, fall silent or go: brokers that follow a script. */
import { expect, test } from 'bun:test'
import { freePort } from '../../servers/ports.ts'
import { scriptedAdmins } from './scripted-admins.ts'
import { cluster, created, ends } from './scripted-brokers.ts'

const METADATA = 3
const CREATE = 19
const LIST_OFFSETS = 2
const spec = { topic: 't', partitions: 1, replicationFactor: 1 }
const partition = { topic: 't', partition: 0 }

const { broker, adminOf } = scriptedAdmins()

test('a broker that is not the controller any more is asked who is', async () => {
  const first = await broker(1, {
    [METADATA]: [cluster({ controller: 1 }), cluster({ controller: 2 })],
    [CREATE]: [created(41)],
  })
  const second = await broker(2, { [METADATA]: [cluster({ controller: 2 })], [CREATE]: [created(0)] })
  expect((await adminOf([first.port]).createTopics([spec])).get('t')).toBeNull()
  expect(first.asked).toEqual([METADATA, CREATE, METADATA])
  expect(second.asked).toEqual([CREATE])
})

test('ends are asked of the new leader, and then of it at once', async () => {
  const first = await broker(1, {
    [METADATA]: [cluster({ leader: 1 }), cluster({ leader: -1 }), cluster({ leader: 2 })],
    [LIST_OFFSETS]: [ends(0, 5), ends(6, -1)],
  })
  const second = await broker(2, { [LIST_OFFSETS]: [ends(0, 7), ends(0, 8)] })
  const admin = adminOf([first.port])
  expect(await admin.endOffsets([partition])).toEqual([{ ...partition, offset: 5 }])
  expect(await admin.endOffsets([partition])).toEqual([{ ...partition, offset: 7 }])
  expect(await admin.endOffsets([partition])).toEqual([{ ...partition, offset: 8 }])
  expect(first.asked).toEqual([METADATA, LIST_OFFSETS, LIST_OFFSETS, METADATA, METADATA])
  expect(second.asked).toEqual([LIST_OFFSETS, LIST_OFFSETS])
})

test('a dropped connection is made anew, for the same question', async () => {
  const one = await broker(1, { [METADATA]: [null, null, cluster()] })
  expect(await adminOf([one.port]).describeTopics(['t'])).toEqual(new Map([['t', 1]]))
  expect(one.asked).toHaveLength(3)
})

test('the first broker of the list is dead, the second silent: the third answers, and is asked from then on', async () => {
  const silent = await broker(1, { 18: ['silence'] })
  const one = await broker(2, { [METADATA]: [cluster()] })
  const admin = adminOf([await freePort(), silent.port, one.port], {
    'socket.connection.setup.timeout.ms': '2000',
  })
  expect(await admin.clusterId()).toBe('a-cluster')
  expect(await admin.describeTopics(['t'])).toEqual(new Map([['t', 1]]))
  expect(one.asked).toEqual([METADATA, METADATA])
})

test('a topic that nobody knows is absent, and has no ends; neither is asked twice', async () => {
  const one = await broker(1, { [METADATA]: [cluster({ error: 3 })] })
  const admin = adminOf([one.port])
  expect(await admin.describeTopics(['t'])).toEqual(new Map())
  await expect(admin.endOffsets([partition])).rejects.toMatchObject({
    code: 'UNKNOWN_TOPIC_OR_PARTITION',
    reason: 'This server does not host this topic-partition.',
  })
  expect(one.asked).toEqual([METADATA, METADATA])
})

test.each([
  [29, null, 'TOPIC_AUTHORIZATION_FAILED', 'Creating topic t: Topic authorization failed.'],
  [38, 'Unable to replicate', 'INVALID_REPLICATION_FACTOR', 'Creating topic t: Unable to replicate'],
  [7, 'The controller is away', 'REQUEST_TIMED_OUT', 'Creating topic t: The controller is away'],
  [1234, 'Something new', 'UNKNOWN_SERVER_ERROR', 'Creating topic t: Something new (error 1234)'],
])('answer %p to a creation is told as it is', async (number, text, code, message) => {
  const one = await broker(1, { [METADATA]: [cluster()], [CREATE]: [created(number, text)] })
  expect((await adminOf([one.port]).createTopics([spec])).get('t')).toMatchObject({ code, message })
  expect(one.asked).toEqual([METADATA, CREATE])
})

test('attempts end after default.api.timeout.ms, with what was wrong', async () => {
  const address = await freePort()
  const admin = adminOf([address], { 'default.api.timeout.ms': '100', 'request.timeout.ms': '50' })
  await expect(admin.listTopics()).rejects.toMatchObject({
    code: 'REQUEST_TIMED_OUT',
    retriable: true,
    message: expect.stringContaining(`Listing topics: no broker answers (127.0.0.1:${address}: `),
  })
})

test('a broker that never answers holds nobody longer than request.timeout.ms an attempt', async () => {
  const one = await broker(1, { [METADATA]: ['silence'] })
  const admin = adminOf([one.port], { 'request.timeout.ms': '50', 'default.api.timeout.ms': '120' })
  await expect(admin.listTopics()).rejects.toMatchObject({
    code: 'REQUEST_TIMED_OUT',
    message: 'Listing topics: no answer to Metadata within 50 ms',
  })
})

test('closing ends what waits for an answer or the next attempt', async () => {
  const one = await broker(1, { [METADATA]: ['silence'] })
  const waiting = adminOf([one.port])
  const retrying = adminOf([await freePort()], { 'retry.backoff.ms': '60000' })
  const outcomes = Promise.allSettled([waiting.listTopics(), retrying.listTopics()])
  while (one.asked.length === 0) await Bun.sleep(1)
  await Promise.all([waiting.close(), retrying.close()])
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(waiting.listTopics()).rejects.toMatchObject({ code: 'ILLEGAL_STATE' })
})

test('closing ends the wait for a connection', async () => {
  const silent = await broker(1, { 18: ['silence'] })
  const admin = adminOf([silent.port], { 'socket.connection.setup.timeout.ms': '600000' })
  const outcome = admin.listTopics().catch(error => error.code)
  while (silent.connections === 0) await Bun.sleep(1)
  await admin.close()
  expect(await outcome).toBe('REQUEST_TIMED_OUT')
})

/** How producers are fenced when coordinators load, change, fall silent or refuse: brokers that follow a script. */
import { expect, test } from 'bun:test'
import { scriptedAdmins } from './scripted-admins.ts'
import { coordinator, producerId } from './scripted-brokers.ts'

const FIND = 10
const INIT = 22
const LONG = 30_000

const { broker, adminOf } = scriptedAdmins()

test.each([
  [14, 'COORDINATOR_LOAD_IN_PROGRESS'],
  [51, 'CONCURRENT_TRANSACTIONS'],
])('answer %p (%s) is asked for again of the same coordinator', async error => {
  const one = await broker(1, {
    [FIND]: [coordinator(1)],
    [INIT]: [producerId(error), producerId(error), producerId()],
  })
  await adminOf([one.port]).fenceProducers(['g-c-0'], LONG)
  expect(one.asked).toEqual([FIND, INIT, INIT, INIT])
})

test.each([
  [15, 'COORDINATOR_NOT_AVAILABLE'],
  [16, 'NOT_COORDINATOR'],
])('after answer %p (%s) the coordinator is looked for again', async error => {
  const first = await broker(1, {
    [FIND]: [coordinator(1), coordinator(2, error), coordinator(2)],
    [INIT]: [producerId(error)],
  })
  const second = await broker(2, { [INIT]: [producerId()] })
  await adminOf([first.port]).fenceProducers(['g-c-0'], LONG)
  expect(first.asked).toEqual([FIND, INIT, FIND, FIND])
  expect(second.asked).toEqual([INIT])
})

test('a coordinator that drops the connection is looked for again', async () => {
  const first = await broker(1, { [FIND]: [coordinator(2)] })
  const second = await broker(2, { [INIT]: [null, producerId()] })
  await adminOf([first.port]).fenceProducers(['g-c-0'], LONG)
  expect([first.asked, second.asked]).toEqual([
    [FIND, FIND],
    [INIT, INIT],
  ])
})

test('one that is refused leaves the others to be fenced, and is told with its id', async () => {
  const one = await broker(1, {
    [FIND]: [coordinator(1)],
    [INIT]: [producerId(), producerId(53), producerId()],
  })
  await expect(adminOf([one.port]).fenceProducers(['g-c-0', 'g-c-1', 'g-c-2'], LONG)).rejects.toMatchObject({
    code: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    message: expect.stringMatching(
      /^Fencing producers of the transactional id g-c-[012]: The transactional id authorization failed\.$/,
    ),
    retriable: false,
  })
  expect(one.asked.filter(key => key === INIT)).toHaveLength(3)
})

test('many ids take one connection, and each is asked for once', async () => {
  const one = await broker(1, { [FIND]: [coordinator(1)], [INIT]: [producerId()] })
  const ids = Array.from({ length: 100 }, (_, i) => `g-c-${i}`)
  await adminOf([one.port]).fenceProducers([...ids, ...ids], LONG)
  expect(one.asked.filter(key => key === INIT)).toHaveLength(100)
  expect(one.connections).toBe(1)
})

test('attempts end with the time given, and tell what was wrong', async () => {
  const one = await broker(1, { [FIND]: [coordinator(1)], [INIT]: [producerId(51)] })
  await expect(adminOf([one.port]).fenceProducers(['g-c-0'], 100)).rejects.toMatchObject({
    code: 'CONCURRENT_TRANSACTIONS',
    retriable: true,
  })
})

test('closing ends what waits for an answer or the next attempt', async () => {
  const silent = await broker(1, { [FIND]: [coordinator(1)], [INIT]: ['silence'] })
  const loading = await broker(2, { [FIND]: [coordinator(2)], [INIT]: [producerId(14)] })
  const admins = [adminOf([silent.port]), adminOf([loading.port], { 'retry.backoff.ms': '1000' })]
  const outcomes = Promise.allSettled(admins.map(admin => admin.fenceProducers(['g-c-0'], LONG)))
  for (const { asked } of [silent, loading]) while (!asked.includes(INIT)) await Bun.sleep(1)
  await Promise.all(admins.map(admin => admin.close()))
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

import { afterAll, expect, test } from 'bun:test'
import { TaskConfigDelivery } from '../../../../src/herder/distributed/task-config-delivery.ts'
import { UndeliveredError } from '../../../../src/herder/undelivered-error.ts'
import { WorkerClient } from '../../../../src/herder/worker-client.ts'

/** A leader that answers nothing until it is let, and what it was asked in order. */
const bodies: string[] = []
let answers = Promise.withResolvers<void>()
const leader = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    bodies.push(await request.text())
    await answers.promise
    return new Response(null, { status: 204 })
  },
})
afterAll(() => leader.stop(true))

const delivery = new TaskConfigDelivery({
  others: new WorkerClient(),
  leadership: { url: String(leader.url) },
  snapshot: () => ({ sessionKey: null }) as never,
  algorithm: 'HmacSHA256',
})

async function arrived(count: number): Promise<void> {
  const deadline = performance.now() + 20_000
  while (bodies.length < count && performance.now() < deadline) await Bun.sleep(5)
  expect(bodies).toHaveLength(count)
}

test('a newer set of the same connector ends the older one, which is told undelivered', async () => {
  const old = delivery.send('c', [{ set: 'old' }]).catch(error => error)
  const other = delivery.send('d', [{ set: 'other' }])
  await arrived(2)
  const newer = delivery.send('c', [{ set: 'new' }])
  expect(await old).toBeInstanceOf(UndeliveredError)
  await arrived(3)
  answers.resolve()
  await Promise.all([other, newer])
  expect(bodies.at(-1)).toBe('[{"set":"new"}]')
})

test('who stops, or follows another leader, waits for no answer', async () => {
  answers = Promise.withResolvers()
  const waiting = delivery.send('c', []).catch(error => error)
  await arrived(4)
  delivery.abandon('another worker leads the group')
  expect((await waiting).message).toContain('another worker leads the group')
  answers.resolve()
})

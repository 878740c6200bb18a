/** A broker whose groups may have one member. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Broker, startBroker } from '../../servers/kafka.ts'
import { GroupWorker, optionsFor } from './group-worker.ts'

let broker: Broker

beforeAll(async () => {
  broker = await startBroker({ set: { 'group.max.size': '1' } })
})
afterAll(() => broker?.stop())

test('a second worker is told what to do, and the first goes on', async () => {
  const options = (clientId: string) =>
    optionsFor(broker.bootstrap, 'full', { clientId, sessionTimeoutMs: 6000 })
  const first = new GroupWorker(options('first'))
  first.tasks = { a: 1 }
  await first.start().rounded(1)
  const second = new GroupWorker(options('second'))
  const failure = await second.start().failing()
  expect(failure.message).toStartWith('The group full has as many members as the brokers allow')
  expect((failure as { hint?: string }).hint).toContain('raise group.max.size on the brokers')
  expect(first.rounds).toHaveLength(1)
  expect(first.member.held?.connectors).toEqual(['a'])
  await Promise.all([first, second].map(({ member }) => member.close()))
})

import { expect, test } from 'bun:test'
import { SerialQueues } from '../../../src/herder/serial.ts'

test('jobs of one key run one after the other, other keys beside them; a failure holds up nobody', async () => {
  const queues = new SerialQueues()
  const gate = Promise.withResolvers<void>()
  const events: string[] = []
  const first = queues.run('a', async () => {
    events.push('a1')
    await gate.promise
    throw new Error('a1 failed')
  })
  const second = queues.run('a', () => events.push('a2'))
  await queues.run('b', () => events.push('b1'))
  expect(events).toEqual(['a1', 'b1'])
  gate.resolve()
  await expect(first).rejects.toThrow('a1 failed')
  await second
  expect(events).toEqual(['a1', 'b1', 'a2'])
})

import { expect, test } from 'bun:test'
import { EventLoop } from '../../../../src/herder/distributed/event-loop.ts'
import { redirect } from '../../../../src/observe/log.ts'

test('one at a time and in order, also what comes meanwhile; what fails is told and ends nothing', async () => {
  const lines: string[] = []
  const restore = redirect(line => lines.push(line))
  const loop = new EventLoop()
  const seen: string[] = []
  const first = loop.post('the first', async () => {
    seen.push('first begins')
    void loop.post('a third', () => void seen.push('third'))
    await Promise.resolve()
    expect(loop.current?.what).toBe('the first')
    seen.push('first ends')
  })
  const second = loop.post('reading a record', () => {
    seen.push('second')
    throw new Error('unreadable')
  })
  await Promise.all([first, second])
  await loop.idle()
  restore()
  expect(seen).toEqual(['first begins', 'first ends', 'second', 'third'])
  expect(lines.join('')).toContain('Uncaught error while reading a record: Error: unreadable')
  expect(loop.current).toBeNull()
})

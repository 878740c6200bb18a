import { expect, test } from 'bun:test'
import { Retries } from '../../../src/herder/retries.ts'

test('250 ms, doubled each time up to a minute; forgotten, it begins anew; each connector by itself', () => {
  const retries = new Retries()
  const waits = Array.from({ length: 10 }, () => retries.schedule('a', () => {}))
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  expect(retries.schedule('b', () => {})).toBe(250)
  retries.forget('a')
  expect(retries.schedule('a', () => {})).toBe(250)
  retries.close()
})

test('what was closed does not come again', async () => {
  const retries = new Retries()
  let again = 0
  retries.schedule('a', () => again++)
  const other = new Retries()
  const done = new Promise<void>(resolve => other.schedule('b', resolve))
  retries.close()
  await done
  expect(again).toBe(0)
})

test('hurried, what waits is done at once, and what fails then waits as at first', async () => {
  const retries = new Retries()
  for (let i = 0; i < 8; i++) retries.schedule('under way', () => {})
  let again = 0
  for (let i = 0; i < 8; i++) retries.schedule('waiting', () => again++)
  retries.hurry()
  expect(again).toBe(1)
  expect(retries.schedule('waiting', () => {})).toBe(250)
  expect(retries.schedule('under way', () => {})).toBe(250)
  retries.close()
})

import { expect, test } from 'bun:test'
import { AwaitedAnswer } from '../../../src/converters/registry/awaited-answer.ts'
import { ConversionPending } from '../../../src/sdk/conversion-pending.ts'

/** What `get` waits for. */
function pending(answer: AwaitedAnswer<unknown>): Promise<unknown> {
  try {
    answer.get()
  } catch (error) {
    if (error instanceof ConversionPending) return error.ready
    throw error
  }
  throw new Error('it is there')
}

test('asks once for all who wait', async () => {
  let asked = 0
  const answer = new AwaitedAnswer(async () => ++asked)
  await Promise.all([pending(answer), pending(answer)])
  expect(answer.get()).toBe(1)
  expect(answer.get()).toBe(1)
})

test.each([
  ['rejects', () => Promise.reject(new Error('no'))],
  [
    'throws',
    () => {
      throw new Error('no')
    },
  ],
])('one that %s is told once and asked again', async (_, ask) => {
  let asked = 0
  const answer = new AwaitedAnswer(() => {
    asked++
    return ask()
  })
  for (let round = 1; round <= 3; round++) {
    await pending(answer)
    expect(() => answer.get()).toThrow('no')
    expect(asked).toBe(round)
  }
})

test('an old answer is asked for again, and a new one is given to who waited for it', async () => {
  let asked = 0
  const answer = new AwaitedAnswer(async () => ++asked, 0)
  await pending(answer)
  expect(answer.get()).toBe(1)
  await pending(answer)
  expect(answer.get()).toBe(2)
})

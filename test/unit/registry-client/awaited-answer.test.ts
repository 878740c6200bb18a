import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { AwaitedAnswer } from '../../../src/converters/registry/awaited-answer.ts'
import { ConversionPending } from '../../../src/sdk/conversion-pending.ts'

afterEach(() => {
  setSystemTime()
})

const forever = Number.POSITIVE_INFINITY

/** What `get` waits for. */
function pending(answer: AwaitedAnswer<{ until: number }>): Promise<unknown> {
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
  const answer = new AwaitedAnswer(async () => ({ nth: ++asked, until: forever }))
  await Promise.all([pending(answer), pending(answer)])
  expect(answer.get().nth).toBe(1)
  expect(answer.get().nth).toBe(1)
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
  const start = Date.now()
  setSystemTime(start)
  const answer = new AwaitedAnswer(async () => ({ nth: ++asked, until: start }))
  await pending(answer)
  setSystemTime(start + 999)
  expect(answer.get().nth).toBe(1)
  setSystemTime(start + 1000)
  await pending(answer)
  expect(answer.get().nth).toBe(2)
})

test('a failure that nobody was told is forgotten', async () => {
  let asked = 0
  const answer = new AwaitedAnswer(async () => {
    if (++asked === 1) throw new Error('no')
    return { nth: asked, until: forever }
  })
  const start = Date.now()
  setSystemTime(start)
  await pending(answer)
  setSystemTime(start + 1000)
  await pending(answer)
  expect(answer.get().nth).toBe(2)
})

import { afterEach, expect, test } from 'bun:test'
import { HostWatch, type HostWatchOptions, type Verdict } from '../../../src/worker/hosts/host-watch.ts'
import { MarkReader, MarkWriter } from '../../../src/worker/hosts/marks.ts'

let watch: HostWatch | null = null
afterEach(() => watch?.stop())

/** Watches this very process; resolves with the verdict. */
function verdict(options: Partial<HostWatchOptions>): { verdict: Promise<Verdict>; pings: () => number } {
  const { promise, resolve } = Promise.withResolvers<Verdict>()
  let pings = 0
  watch = new HostWatch({
    pid: process.pid,
    marks: new MarkReader(null),
    line: { messages: 0, bytes: 0 },
    timeoutMs: 200,
    transformTimeoutMs: 100,
    memoryMaxBytes: 2 ** 40,
    ping: () => {
      pings++
    },
    inPlugin: () => true,
    isGivenUp: () => false,
    onVerdict: resolve,
    ...options,
  })
  return { verdict: promise, pings: () => pings }
}

test('no answer to a ping after the first', async () => {
  let answers = 0
  const found = verdict({ ping: () => answers++ === 0 && queueMicrotask(() => watch!.answered()) })
  expect(await found.verdict).toMatchObject({
    how: 'stuck',
    reason: expect.stringMatching(/not turned for \d+ ms/),
  })
})

test('a process that has never answered is being started: it has six times as long', async () => {
  const since = performance.now()
  const found = verdict({})
  await found.verdict
  expect(performance.now() - since).toBeGreaterThan(1200)
  expect(found.pings()).toBe(1)
})

test('one call after the other is progress, though the loop does not turn; calls of one that was given up are none', async () => {
  const board = new Int32Array(16 * 1024)
  const writer = new MarkWriter(board)
  const calling = setInterval(() => writer.enter(1, 0), 20)
  let givenUp = false
  const since = performance.now()
  const found = verdict({ marks: new MarkReader(board), isGivenUp: () => givenUp })
  await Bun.sleep(500)
  givenUp = true
  await found.verdict
  clearInterval(calling)
  expect(performance.now() - since).toBeGreaterThan(500)
})

test('an answer is a sign of life', async () => {
  const since = performance.now()
  const longAlive = Promise.withResolvers<string>()
  const found = verdict({
    // A machine that stands still for less is not told from a loop that does.
    timeoutMs: 1500,
    ping: () => {
      queueMicrotask(() => watch!.answered())
      if (performance.now() - since > 3500) longAlive.resolve('alive')
    },
  })
  expect(await Promise.race([found.verdict, longAlive.promise])).toBe('alive')
})

test('memory', async () => {
  const found = verdict({ memoryMaxBytes: 1 })
  expect(await found.verdict).toMatchObject({
    how: 'gone',
    reason: expect.stringMatching(
      /took \d+ bytes of memory, more than bunnect\.task\.host\.memory\.max\.bytes=1 allows/,
    ),
  })
})

test('a flood of messages', async () => {
  const line = { messages: 0, bytes: 0 }
  const found = verdict({ line })
  line.messages = 50_001
  expect(await found.verdict).toMatchObject({
    how: 'gone',
    reason: expect.stringMatching(/sent 50001 messages/),
  })
})

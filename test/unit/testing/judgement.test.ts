/** What the conformance kit must not let pass, and what it must not hold against a good connector. */
import { expect, test } from 'bun:test'
import type { Environment, TestWorker } from '../../../src/testing/environment.ts'
import { type SinkUnderTest, sinkSuite } from '../../../src/testing/index.ts'
import { expectBounded } from '../../../src/testing/memory.ts'
import { expectHidden } from '../../../src/testing/secrets.ts'
import { SinkTrial } from '../../../src/testing/sink-trial.ts'

const sink: SinkUnderTest = {
  name: 'some sink',
  config: () => ({ 'connector.class': 'Some' }),
  record: i => ({ value: i }),
  written: async () => [0],
  redelivery: 'repeats',
}

/** With so much committed, whatever the group. */
const committedAt = (offset: number) => ({ committed: async () => offset }) as unknown as Environment

const said = (deed: Promise<unknown>) =>
  deed.then(
    () => null,
    (error: Error) => error.message,
  )

test('what a sink writes once more when it flushes is found', async () => {
  const looks = [[0], [0, 0]]
  const twice = { ...sink, written: async () => looks.shift()! }
  expect(await said(new SinkTrial(twice, committedAt(1), 'one').awaitAll(1, 'none'))).toBe(
    'record 0 is there twice',
  )
  expect(await said(new SinkTrial(sink, committedAt(1), 'one').awaitAll(1, 'none'))).toBeNull()
})

test('a description that has nothing under a name does not tell it', () => {
  const described = {
    ...sink,
    system: undefined,
    slow: async () => async () => {},
  } as unknown as SinkUnderTest
  const lacking = sinkSuite(described).omitted.map(({ needs }) => needs)
  expect(lacking).toContain('system')
  expect(lacking).not.toContain('slow')
})

test('secrets that are none are not taken for hidden ones', async () => {
  const worker = {
    log: async () => 'user=me password=hunter2',
    fetch: async () => new Response('{}'),
  } as unknown as TestWorker
  const trial = (secrets: readonly string[]) => ({
    worker,
    status: async () => ({}),
    secrets: () => secrets,
  })
  const told = (secrets: readonly string[]) => said(expectHidden(trial(secrets) as never))
  expect(await told([])).toBe('the description tells no secret of this configuration')
  expect(await told(['hunter2'])).toBe('the log shows a secret of 7 characters')
  expect(await told(['swordfish'])).toBeNull()
})

test('memory is compared with what a worker had that had done some work', async () => {
  const worker = { memory: async () => 500 } as unknown as TestWorker
  const after = (before?: number) => said(expectBounded(worker, 300, () => Bun.sleep(1), before))
  expect(await after(250)).toBeNull()
  expect(await after(100)).toBe("the worker's memory grew by 400 bytes, more than 300")
  expect(await after()).toBeNull()
})

import { expect, test } from 'bun:test'
import { logger, redirect } from '../../../src/observe/log.ts'
import { OffsetCommitter, type OffsetEntry } from '../../../src/pipeline/offset-commit.ts'

/** A committer over a writer that answers as `write` says; notes what was written and how often `commit` was called. */
function committer(write: (count: number) => Promise<void>, timeoutMs = 1000) {
  const written: OffsetEntry[][] = []
  let next: OffsetEntry[] = []
  let committed = 0
  const it = new OffsetCommitter({
    task: 'c-0',
    connector: 'c',
    writer: {
      flush: async entries => {
        const count = written.push([...entries])
        await write(count)
      },
    },
    committable: () => next.splice(0),
    committed: () => void committed++,
    intervalMs: 60_000,
    timeoutMs,
    log: logger('test'),
  })
  return {
    it,
    written,
    put: (...entries: [string, number][]) => {
      next = entries.map(([p, o]) => ({ partition: { p }, offset: { o } }))
    },
    committed: () => committed,
  }
}
const entry = (p: string, o: number) => ({ partition: { p }, offset: { o } })

async function quietly<T>(work: () => Promise<T>): Promise<{ result: T; log: string }> {
  const lines: string[] = []
  const restore = redirect(line => void lines.push(line))
  try {
    return { result: await work(), log: lines.join('') }
  } finally {
    restore()
  }
}

test('nothing to write is a commit too', async () => {
  const c = committer(async () => {})
  expect(await c.it.commit()).toBe(true)
  expect(c.written).toEqual([])
  expect(c.committed()).toBe(1)
})

test('what a failed flush did not store goes along with the next one, newer offsets first', async () => {
  const c = committer(async count => {
    if (count === 1) throw new Error('disk full')
  })
  c.put(['a', 1], ['b', 1])
  const first = await quietly(() => c.it.commit())
  expect(first.result).toBe(false)
  expect(first.log).toContain('Failed to commit offsets, they go along with the next commit')
  expect(first.log).toContain('disk full')
  expect(c.committed()).toBe(0)
  c.put(['a', 2])
  expect(await c.it.commit()).toBe(true)
  expect(c.written[1]).toEqual([entry('a', 2), entry('b', 1)])
  expect(c.committed()).toBe(1)
  expect(await c.it.commit()).toBe(true)
  expect(c.written.length).toBe(2)
})

test('a flush that hangs fails at offset.flush.timeout.ms, and the next waits for it: offsets never go back', async () => {
  const gate = Promise.withResolvers<void>()
  const c = committer(count => (count === 1 ? gate.promise : Promise.resolve()), 30)
  c.put(['a', 1])
  const first = await quietly(() => c.it.commit())
  expect(first.result).toBe(false)
  expect(first.log).toContain('Timed out after 30 ms (offset.flush.timeout.ms)')
  c.put(['a', 2])
  expect((await quietly(() => c.it.commit())).result).toBe(false)
  expect(c.written).toEqual([[entry('a', 1)]])
  gate.resolve()
  expect(await c.it.commit()).toBe(true)
  expect(c.written).toEqual([[entry('a', 1)], [entry('a', 2)]])
})

test('commits that are asked for at once run one after the other', async () => {
  let running = 0
  const c = committer(async () => {
    expect(++running).toBe(1)
    await Bun.sleep(5)
    running--
  })
  c.put(['a', 1])
  const first = c.it.commit()
  c.put(['a', 1], ['b', 2])
  expect(await Promise.all([first, c.it.commit()])).toEqual([true, true])
  expect(c.committed()).toBe(2)
})

test('a task about to end stores at once and again what comes, without commit, until it has ended', async () => {
  const c = committer(async () => {})
  const stored = async (count: number) => {
    while (c.written.length < count) await Bun.sleep(5)
  }
  c.put(['a', 1])
  c.it.hurry()
  await stored(1)
  c.put(['a', 2])
  await stored(2)
  c.it.stop()
  c.put(['a', 3])
  expect(await c.it.commit()).toBe(true)
  expect(c.written).toEqual([[entry('a', 1)], [entry('a', 2)], [entry('a', 3)]])
  expect(c.committed()).toBe(1)
})

test('a task about to end does not try again what fails, only its last commit does', async () => {
  let failed = 0
  const c = committer(async count => {
    if (count > 1) return
    failed++
    throw new Error('disk full')
  })
  c.put(['a', 1])
  const { log } = await quietly(async () => {
    c.it.hurry()
    while (failed === 0) await Bun.sleep(5)
    c.it.stop()
    expect(await c.it.commit()).toBe(true)
  })
  expect(log).toContain('Failed to commit offsets, they go along with the next commit')
  expect(c.written).toEqual([[entry('a', 1)], [entry('a', 1)]])
})

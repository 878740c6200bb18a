import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { embeddedClient } from '../../../src/kafka/embedded/client.ts'
import { DEADLINE, portOf, readAll } from '../../port/harness.ts'
import { cleanUp, directory } from './support.ts'

afterEach(cleanUp)

const CHILD = join(import.meta.dir, 'crash-producer.ts')

/** Runs the child, kills it after `lines` lines, returns the highest number of each word it told. */
async function killedAfter(lines: number, dataDir: string, from: number): Promise<Map<string, number>> {
  const child = Bun.spawn([process.execPath, CHILD, dataDir, String(from)], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const told = new Map<string, number>()
  const decoder = new TextDecoder()
  let rest = ''
  let seen = 0
  // After the kill the pipe still holds what was told before: all of it counts.
  for await (const chunk of child.stdout) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop()!
    for (const line of parts) {
      const [word, number] = line.split(' ')
      told.set(word!, Number(number))
      if (++seen === lines) child.kill('SIGKILL')
    }
  }
  await child.exited
  expect(child.signalCode).toBe('SIGKILL')
  return told
}

test(
  'every acknowledged record survives SIGKILL, in order and without a gap: ten rounds',
  async () => {
    const dataDir = directory()
    let next = 0
    for (let round = 0; round < 10; round++) {
      const told = await killedAfter(3 + round * 5, dataDir, next)
      const client = embeddedClient(dataDir)
      const partition = { topic: 'crash', partition: 0 }
      const { records, ends } = await readAll(portOf(client), [partition])
      const numbers = records.map(record => Number.parseInt(record.value!, 10))
      expect(numbers.length).toBeGreaterThanOrEqual(told.get('acked')!)
      // Unacknowledged records may be there or not, but never with a hole before the next one.
      expect(numbers.every((number, i) => number === i)).toBe(true)
      expect(records.every((record, i) => record.offset === i)).toBe(true)
      expect(
        records.every(
          record => record.value!.length === record.value!.indexOf(' ') + 1 + (record.offset % 300),
        ),
      ).toBe(true)
      expect(ends.get('crash-0')).toBe(numbers.length)
      next = numbers.length

      // Transactions are there whole or not at all.
      const transactions = await readAll(portOf(client), [{ topic: 'crash-txn', partition: 0 }])
      expect(transactions.records.length % 5).toBe(0)
      expect(transactions.records.length).toBeGreaterThan(0)
      const last = Number.parseInt(transactions.records.at(-1)!.value!, 10)
      expect(last).toBeGreaterThanOrEqual(told.get('committed')!)
      await client.close()
    }
    expect(next).toBeGreaterThan(1000)
  },
  DEADLINE,
)

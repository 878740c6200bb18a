import { afterEach, beforeEach, expect, test } from 'bun:test'
import { redirect } from '../../../src/observe/log.ts'
import { Budget, PrintedLines } from '../../../src/worker/hosts/printed-lines.ts'

const logged: string[] = []
let restore: () => void
beforeEach(() => {
  logged.length = 0
  restore = redirect(line => logged.push(line.replace(/^\[[^\]]*\] /, '').trimEnd()))
})
afterEach(() => restore())

async function print(chunks: (string | Uint8Array)[], budget = new Budget()): Promise<string[]> {
  const bytes = chunks.map(chunk => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
  await new PrintedLines('host', 'stdout', budget).read(new Blob(bytes).stream())
  return logged
}

const LOGGER = '(bunnect.plugin.stdout)'
test('each line is one of the log, however it was cut', async () => {
  const euro = Buffer.from('€')
  const lines = await print(['one\ntw', 'o\r\n\n', euro.subarray(0, 1), euro.subarray(1), '\nrest'])
  expect(lines).toEqual(['one', 'two', '€', 'rest'].map(text => `INFO [host] ${text} ${LOGGER}`))
})

test('a line without an end is cut', async () => {
  const lines = await print(['x'.repeat(20_000)])
  expect(lines.map(line => /x+/.exec(line)![0].length)).toEqual([8192, 8192, 3616])
})

test('beyond the budget lines are dropped and counted', async () => {
  const lines = await print(['a'.repeat(10), '\n', 'b\n'.repeat(100)], new Budget(20, 0))
  expect(lines.filter(line => line.startsWith('INFO'))).toHaveLength(11)
  expect(lines.at(-1)).toStartWith('WARN [host] 90 lines were dropped')
})

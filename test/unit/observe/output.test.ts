import { afterEach, expect, test } from 'bun:test'
import { printLine, redirectOutput } from '../../../src/observe/output.ts'

let restore = () => {}
afterEach(() => restore())

function collecting(write: (lines: string) => Promise<void>): string[] {
  const blocks: string[] = []
  restore = redirectOutput(async lines => {
    blocks.push(lines)
    await write(lines)
  })
  return blocks
}

test('lines printed together go out in one piece, the next ones after them', async () => {
  const gate = Promise.withResolvers<void>()
  const blocks = collecting(() => gate.promise)
  const first = [printLine('a'), printLine('b')]
  await Promise.resolve()
  await Promise.resolve()
  const second = [printLine('c'), printLine('d')]
  expect(blocks).toEqual(['a\nb'])
  gate.resolve()
  await Promise.all([...first, ...second])
  expect(blocks).toEqual(['a\nb', 'c\nd'])
})

test('a failure is told to those whose lines it hits, and the next lines are tried again', async () => {
  let fails = true
  const blocks = collecting(async () => {
    if (fails) throw new Error('EPIPE: broken pipe')
  })
  expect(await printLine('lost').then(null, error => error.message)).toBe('EPIPE: broken pipe')
  fails = false
  await printLine('found')
  expect(blocks).toEqual(['lost', 'found'])
})

test('what waits for one that does not read is bounded, and nobody has to wait for the refusal', async () => {
  const gate = Promise.withResolvers<void>()
  const blocks = collecting(() => gate.promise)
  const stuck = printLine('first')
  await Promise.resolve()
  await Promise.resolve()
  const large = 'x'.repeat(1024 * 1024)
  const kept = Array.from({ length: 16 }, () => printLine(large))
  printLine(large)
  expect(await printLine('more').then(null, error => error.message)).toContain('Nobody reads standard output')
  gate.resolve()
  await Promise.all([stuck, ...kept])
  expect(blocks.map(block => block.length)).toEqual([5, 16 * large.length + 15])
  await printLine('again')
  expect(blocks.at(-1)).toBe('again')
})

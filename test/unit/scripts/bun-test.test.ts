import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bunTest } from '../../../scripts/bun-test.ts'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-bun-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function outcomeOf(name: string, content: string) {
  const file = join(folder, `${name}.test.ts`)
  writeFileSync(file, `import { expect, test } from 'bun:test'\n${content}`)
  const { passed, failed, output } = await bunTest([file])
  return { passed, failed, output }
}

test.each([
  ['passing tests', `test('a', () => {}); test('b', () => {})`, 2, 0, ''],
  ['a failing test', `test('a', () => {}); test('b', () => expect(1).toBe(2))`, 1, 1, ''],
  ['a skipped test', `test('a', () => {}); test.${'skip'}('b', () => {})`, 1, 1, 'skipped'],
  ['no test at all', `export const a = expect`, 0, 1, ''],
  [
    'an exit on the way',
    `test('a', () => {}); test('b', () => process.exit(0)); test('c', () => {})`,
    0,
    1,
    'ended early',
  ],
  [
    'a crash',
    `test('a', () => {}); test('b', () => process.kill(process.pid, 'SIGSEGV'))`,
    0,
    1,
    'ended early with SIGSEGV',
  ],
  [
    'a process left behind',
    `test('a', () => void Bun.spawn(['sleep', '1000'], { stdout: 'inherit' }).unref())`,
    1,
    0,
    '',
  ],
  ['an error outside the tests', `test('a', () => {}); throw new Error('loose')`, 0, 1, 'loose'],
])('%s', async (name, content, passed, failed, note) => {
  const outcome = await outcomeOf(name.replaceAll(' ', '-'), content)
  expect({ passed: outcome.passed, failed: outcome.failed }, outcome.output).toEqual({ passed, failed })
  expect(outcome.output).toContain(note)
})

test('when the run is ended nothing begins any more', async () => {
  const script = `
    const { endCommands, execute } = await import(${JSON.stringify(resolve('scripts/bun-test.ts'))})
    const tell = text => () => console.log(text)
    execute(['sleep', '100']).then(tell('returned'))
    setTimeout(() => {
      endCommands()
      execute(['touch', ${JSON.stringify(join(folder, 'begun'))}]).then(tell('began'))
      setTimeout(() => process.exit(), 300)
    }, 200)`
  const child = Bun.spawn(['bun', '-e', script], { stdout: 'pipe', stderr: 'inherit' })
  expect(await new Response(child.stdout).text()).toBe('')
  expect(await child.exited).toBe(0)
  expect(existsSync(join(folder, 'begun'))).toBe(false)
})

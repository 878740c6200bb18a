import { expect, test } from 'bun:test'
import { rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dir, '../../..')

async function run(command: string[]) {
  const child = Bun.spawn(command, { cwd: root, stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}

test('an unknown part fails and the last line counts', async () => {
  const { code, out, err } = await run([process.execPath, 'scripts/run-tests.ts', 'nope', '--nope'])
  expect([code, out]).toEqual([1, '0 passed, 2 failed\n'])
  expect(err).toContain('unknown: nope --nope; see scripts/test --help')
})

test.each([
  [['start', '--port'], '--port needs a value; usage: scripts/kafka start --port N …'],
  [['start', '--port', '--quick'], '--port needs a value; usage: scripts/kafka start --port N …'],
  [['stop', '--port', 'x'], "--port needs a number, not 'x'; usage: scripts/kafka stop --port N …"],
  [['start', '--set'], '--set needs a value; usage: scripts/kafka start --set key=value …'],
])('scripts/kafka %p: what is missing', async (args, line) => {
  expect(await run(['scripts/kafka', ...args])).toEqual({ code: 1, out: '', err: `scripts/kafka: ${line}\n` })
})

test('who is not root gets one line for what is needed now and later', async () => {
  const asNobody =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
  const apt = (...args: string[]) => run([...asNobody, 'bash', 'scripts/apt', ...args])
  const { code, err } = await apt('bash', 'bunnect-none-a', '--', 'bunnect-none-b')
  expect(code).toBe(2)
  expect(err).toEndWith('install -y --no-install-recommends bunnect-none-a bunnect-none-b\n')
  expect(await apt('bash', '--', 'bunnect-none-b')).toEqual({ code: 0, out: '', err: '' })
})

test.each(['only', 'skip'])('.%s does not pass the style check', async word => {
  // Where the check of the project looks, but under a name that nobody runs.
  const file = `test/unit/scripts/style-${word}-${process.pid}.ts`
  try {
    writeFileSync(`${root}/${file}`, `import { test } from 'bun:test'\n\ntest.${word}('a', () => {})\n`)
    const { code, err, out } = await run(['biome', 'ci', '--colors=off', '--error-on-warnings', file])
    expect(code).toBe(1)
    expect(err + out).toMatch(word === 'only' ? /noFocusedTests/ : /noSkippedTests/)
  } finally {
    rmSync(`${root}/${file}`)
  }
})

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

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Outcome {
  passed: number
  failed: number
  output: string
  /** Each process of tests. */
  took: { files: readonly string[]; seconds: number }[]
}

/** No part takes this long; whatever hangs must not hang the run. */
const processDeadlineMs = 40 * 60_000

const running = new Set<Bun.Subprocess>()
/** Whoever waits for a command of a run that was ended waits on, so that nothing begins any more. */
const never = new Promise<never>(() => {})
let isEnded = false

/** One `bun test` process over these files. One that crashes, runs no test or skips one has failed, whatever it counted. */
export async function bunTest(files: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const started = performance.now()
  const { code, output } = await execute(['bun', 'test', '--timeout', '120000', ...files], env)
  const took = [{ files, seconds: (performance.now() - started) / 1000 }]
  const counted = (word: string) => Number(new RegExp(`^ *(\\d+) ${word}$`, 'm').exec(output)?.[1] ?? 0)
  const passed = counted('pass')
  let failed = counted('fail')
  const left = counted('skip') + counted('todo')
  let note = ''
  if (left > 0) note += `${left} test(s) skipped or left to do\n`
  if (!/^Ran \d+ tests? across/m.test(output)) note += `the test process ended early with ${code}\n`
  else if (passed + failed === 0) note += 'no test ran\n'
  else if (code !== 0 && failed === 0) note += `the test process ended with ${code}\n`
  if (note !== '') failed += Math.max(1, left)
  // what passed is counted and not read
  const shown = output.replace(/^\(pass\) .*\n/gm, '')
  return { passed, failed, output: `${shown}${note}${files.length === 1 ? `in ${files[0]}\n` : ''}`, took }
}

/** As if one process had run them all, in this order; the output is that of those that failed. */
export function sumOf(outcomes: readonly Outcome[]): Outcome {
  const sum: Outcome = { passed: 0, failed: 0, output: '', took: [] }
  for (const one of outcomes) {
    sum.passed += one.passed
    sum.failed += one.failed
    if (one.failed > 0) sum.output += `${one.output.trimEnd()}\n`
    sum.took.push(...one.took)
  }
  return sum
}

/**
 * Runs a command to its end, both outputs in one text; `code` is the signal's name when one ended it.
 * The outputs go to a file and not through a pipe: a process that a test has left behind would keep a pipe open.
 * What is left of the command's process group is ended with it.
 */
export async function execute(
  command: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | string; output: string }> {
  if (isEnded) return await never
  const folder = mkdtempSync(join(tmpdir(), 'bunnect-output-'))
  const file = openSync(join(folder, 'output'), 'a+')
  try {
    const child = Bun.spawn(command, {
      stdin: 'ignore',
      stdout: file,
      stderr: file,
      env: { ...process.env, NO_COLOR: '1', ...env },
      detached: true,
    })
    running.add(child)
    const timer = setTimeout(() => killGroup(child), processDeadlineMs)
    const code = await child.exited
    clearTimeout(timer)
    running.delete(child)
    killGroup(child)
    if (isEnded) return never
    return { code: child.signalCode ?? code, output: readFileSync(join(folder, 'output'), 'utf8') }
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Ends what {@link execute} has under way, before the process ends: it neither begins nor returns any more. */
export function endCommands(): void {
  isEnded = true
  for (const child of running) killGroup(child)
}

function killGroup(child: Bun.Subprocess): void {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    return // nobody is left in the group
  }
}

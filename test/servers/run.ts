/** Who runs tests has set up; the scripts need not look again, and their look is not measured. */
export const setupDone = { BUNNECT_SETUP_DONE: '1' }

/** Runs a command to its end and returns its standard output; fails with both outputs when it fails. */
export async function run(
  command: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const child = Bun.spawn(command, {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...setupDone, ...options.env },
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${err}${out}`)
  return out
}

/**
 * Calls `probe` until it returns something other than undefined, false or null.
 * Errors of the probe count as "not yet"; the last one is named when the deadline (ms) has passed.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  deadline = 60_000,
  pause = 50,
): Promise<T> {
  const end = performance.now() + deadline
  let last: unknown
  for (;;) {
    try {
      const answer = await probe()
      if (answer !== undefined && answer !== false && answer !== null) return answer
      last = undefined
    } catch (error) {
      last = error
    }
    if (performance.now() > end) {
      throw new Error(`waited ${deadline} ms in vain for: ${what}`, { cause: last })
    }
    await Bun.sleep(pause)
  }
}

import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dir, '../..')

/** The longest that a build from nothing may take. */
export const BUILD_TIMEOUT = 900_000

/** Runs a command of the project; throws with all it said when it fails. */
export async function run(command: string[]): Promise<string> {
  const child = Bun.spawn(command, { cwd: root, stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0)
    throw new Error(`${command.join(' ')} ended with ${child.signalCode ?? code}:\n${err}${out}`)
  return out
}

/** dist/bunnect, built if the sources have changed. */
export async function bunnect(): Promise<string> {
  await run(['scripts/build'])
  return join(root, 'dist/bunnect')
}

/** probe.ts as an executable. */
export async function probe(): Promise<string> {
  await run(['scripts/setup'])
  const outfile = join(root, '.cache/probe')
  await run([process.execPath, 'scripts/compile.ts', 'test/binary/probe.ts', outfile])
  return outfile
}

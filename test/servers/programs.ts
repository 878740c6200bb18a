import { resolve } from 'node:path'
import { run } from './run.ts'

const apt = resolve(import.meta.dir, '../../scripts/apt')

/** Installs those that the machine does not have, from the Debian packages of their names. */
export async function withPrograms(...names: string[]): Promise<void> {
  const missing = names.filter(name => Bun.which(name) === null)
  if (missing.length > 0) await run([apt, ...missing])
}

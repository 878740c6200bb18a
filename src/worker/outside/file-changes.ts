import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pluginPlaces } from './places.ts'

/** Invariant 7: of a plugin with more files than this, the rest is taken to stay as it is. */
const MOST_FILES = 5000

/** A text for each plugin file on plugin.path, by its name, that is another one when something of it has changed. */
export function fingerprints(paths: readonly string[]): Map<string, string> {
  return new Map(pluginPlaces(paths).modules.map(({ file, root }) => [file, fingerprint(root)]))
}

/** The files that came, went or changed. */
export function changes(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const names = new Set([...before.keys(), ...after.keys()])
  return new Set([...names].filter(name => before.get(name) !== after.get(name)))
}

/** A text that is another one when anything below `root` but its packages has changed. */
export function fingerprint(root: string): string {
  const parts: string[] = []
  const look = (path: string) => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found || parts.length >= MOST_FILES) return
    if (found.isFile()) parts.push(`${path}:${found.mtimeMs}:${found.size}:${found.ino}`)
    else if (found.isDirectory())
      for (const name of readdirSync(path)) if (isSource(name)) look(join(path, name))
  }
  look(root)
  return parts.join('\n')
}

function isSource(name: string): boolean {
  return !name.startsWith('.') && name !== 'node_modules'
}

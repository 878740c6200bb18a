/** Where the code of a script comes from, and whether it may come from there. */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { parseValue } from '../../config/parse.ts'
import { ConfigException } from '../../data/errors.ts'

/** What the worker's configuration says. */
export interface ScriptPolicy {
  /** The entries of plugin.path. */
  pluginPath: readonly string[]
  /** bunnect.script.inline */
  inline: boolean
}

/** From a worker's configuration as written; what is wrong with it is told elsewhere. */
export function scriptPolicy(worker: Readonly<Record<string, string>>): ScriptPolicy {
  const paths = parseValue('LIST', 'plugin.path', worker['plugin.path'] ?? null).value as
    | readonly string[]
    | null
  return {
    pluginPath: (paths ?? []).filter(path => path !== ''),
    inline: parseValue('BOOLEAN', INLINE, worker[INLINE] ?? null).value === true,
  }
}
const INLINE = 'bunnect.script.inline'
const SCRIPT_NAME = /\.[cm]?[jt]s$/
/** Invariant 7. */
const MOST_BYTES = 1_048_576

export interface PlacedScript {
  /** The key that it was given by. */
  key: 'file' | 'code'
  /** The file's real path, or `code`. */
  name: string
  text: string
}

/** A script that may not or cannot be used, and the key to blame. */
export class ScriptRefused extends ConfigException {
  constructor(
    readonly key: 'file' | 'code',
    message: string,
  ) {
    super(message)
  }
}

/** Reads the script. Throws ScriptRefused. */
export function placedScript(
  { file, code }: { readonly file: string | null; readonly code: string | null },
  policy: ScriptPolicy,
): PlacedScript {
  if (file !== null && code !== null) throw new ScriptRefused('code', 'Give either file or code, not both.')
  if (file !== null) return fileScript(file, policy)
  if (code === null)
    throw new ScriptRefused('file', 'Give the script: file is the path of one below plugin.path.')
  if (!policy.inline)
    throw new ScriptRefused(
      'code',
      'This worker takes no code from configurations, since everyone who may write one could then run anything with its ' +
        'rights. Put the script into a file below plugin.path and name it by the key file, or allow it with ' +
        'bunnect.script.inline=true in the configuration of the worker.',
    )
  return { key: 'code', name: 'code', text: code }
}

function fileScript(file: string, { pluginPath }: ScriptPolicy): PlacedScript {
  const refuse = (why: string) => new ScriptRefused('file', why)
  const outside = (found = '') =>
    refuse(
      `The script ${file}${found} does not lie below plugin.path (${pluginPath.join(', ')}). Move it there.`,
    )
  if (pluginPath.length === 0)
    throw refuse(
      `The script ${file} cannot be used: scripts must lie below plugin.path, which this worker has not set.`,
    )
  const folders = pluginPath
    .flatMap(folder => [resolve(folder), realPathOf(folder)])
    .filter(folder => folder !== null)
  const isInside = (path: string) => folders.some(folder => isBelow(path, folder))
  const candidates = [...new Set(pluginPath.map(folder => resolve(folder, file)))]
  // Links are followed first: one that leads out of the path is out of it.
  const found = candidates.map(realPathOf).find(path => path !== null)
  if (!found || !isInside(found)) {
    const inside = candidates.filter(isInside)
    // Whether there is anything at another place is nobody's business.
    if (inside.length === 0) throw outside()
    throw found ? outside(` (${found})`) : refuse(`There is no file ${inside.join(' and no file ')}.`)
  }
  try {
    return { key: 'file', name: found, text: textOf(found) }
  } catch (error) {
    throw refuse(`The script ${found} cannot be read: ${(error as Error).message}`)
  }
}

/** Other files there, such as archives, are nobody's scripts: complaints of the compiler would quote from them. */
function textOf(path: string): string {
  if (!SCRIPT_NAME.test(path)) throw new Error('it is not named like a script: such as x.ts or x.js')
  const found = statSync(path)
  if (!found.isFile()) throw new Error('it is no file')
  if (found.size > MOST_BYTES)
    throw new Error(`it has ${found.size} bytes; a script has at most ${MOST_BYTES}`)
  return readFileSync(path, 'utf8')
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null // Not there, or not for us: told by whoever finds none at all.
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** Where the code of a script comes from, and whether it may come from there. */
import { readFileSync, realpathSync } from 'node:fs'
import { isAbsolute, join, sep } from 'node:path'
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
  if (pluginPath.length === 0)
    throw refuse(
      `The script ${file} cannot be used: scripts must lie below plugin.path, which this worker has not set.`,
    )
  const candidates = isAbsolute(file) ? [file] : pluginPath.map(folder => join(folder, file))
  const found = candidates.map(realPathOf).find(path => path !== null)
  if (!found) throw refuse(`There is no file ${candidates.join(' and no file ')}.`)
  // Links are followed first: one that leads out of the path is out of it.
  if (!pluginPath.some(folder => isBelow(found, realPathOf(folder))))
    throw refuse(
      `The script ${file}${found === file ? '' : ` (${found})`} does not lie below plugin.path (${pluginPath.join(', ')}). Move it there.`,
    )
  try {
    return { key: 'file', name: found, text: readFileSync(found, 'utf8') }
  } catch (error) {
    throw refuse(`The script ${found} cannot be read: ${(error as Error).message}`)
  }
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null // Not there, or not for us: told by whoever finds none at all.
  }
}

function isBelow(path: string, folder: string | null): boolean {
  return folder !== null && path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

import { readPropertiesFile } from '../config/files.ts'
import type { ConfigSpec } from '../config/keys.ts'
import { InvalidConfigException } from '../config/validate.ts'
import { parseWorkerConfig, standaloneConfig, type WorkerConfig } from '../config/worker-config.ts'
import { logger } from '../observe/log.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import { EXIT, Failure, hintOf, sentence } from './exit.ts'
import { wayOut } from './way-out.ts'

const SPEC: ConfigSpec = standaloneConfig
const log = logger('bunnect.cli.WorkerFile')

export interface WorkerFile {
  config: WorkerConfig<'standalone'>
  /** `file:line` of a key, or the file where the key is not in it. */
  place(key: string): string
}

/** A standalone worker's property file. Warnings are logged; what is wrong is a Failure that tells file and line. */
export async function readWorkerFile(path: string, plugins: PluginRegistry): Promise<WorkerFile> {
  const { values, lines, warnings } = await readPropertiesFile(path)
  for (const warning of warnings) log.warn(warning)
  const place = (key: string) => (lines.has(key) ? `${path}:${lines.get(key)}` : path)
  try {
    const { resolveClass } = plugins
    const config = parseWorkerConfig('standalone', values, { place, resolveClass })
    for (const warning of config.warnings) log.warn(warning)
    return { config, place }
  } catch (error) {
    throw new Failure(EXIT.start, complaints(error, { path, place, keys: lines.keys(), plugins }), {
      cause: error,
    })
  }
}

interface Source {
  path: string
  place: WorkerFile['place']
  keys: Iterable<string>
  plugins: PluginRegistry
}

function complaints(error: unknown, { path, place, keys, plugins }: Source): string {
  if (error instanceof InvalidConfigException) {
    return error.problems
      .map(({ key, message }) =>
        sentence(
          `${place(key)}: ${message}`,
          wayOut({ key, message, spec: SPEC[key] ?? null }, path, plugins),
        ),
      )
      .join('\n')
  }
  const message = error instanceof Error ? error.message : String(error)
  const key = keyIn(message, keys)
  return `${key === null ? path : place(key)}: ${message}`
}

/** The key of the file that a text is about: the longest that it names, else the one that it talks of. */
function keyIn(message: string, keys: Iterable<string>): string | null {
  const named = [...keys].filter(key => message.includes(key)).sort((a, b) => b.length - a.length)
  if (named[0] !== undefined) return named[0]
  if (/listener/i.test(message)) return 'listeners'
  if (message.includes('ConnectRestExtension')) return 'rest.extension.classes'
  return message.includes('OverridePolicy') ? 'connector.client.config.override.policy' : null
}

/** The same for what went wrong after the file was read. */
export function placed(error: { key: string; exitCode: number; message: string }, file: WorkerFile): Failure {
  return new Failure(error.exitCode, `${file.place(error.key)}: ${error.message}`, {
    cause: error,
    hint: hintOf(error),
  })
}

import { isClientKey } from '../config/client/index.ts'
import type { ConfigSpec } from '../config/keys.ts'
import { workerPasswords } from '../config/passwords.ts'
import { ConfigProviders } from '../config/providers/providers.ts'
import { InvalidConfigException } from '../config/validate.ts'
import {
  distributedConfig,
  parseWorkerConfig,
  standaloneConfig,
  type WorkerConfig,
  type WorkerMode,
} from '../config/worker-config.ts'
import { logger } from '../observe/log.ts'
import { hide } from '../observe/secrets.ts'
import type { PluginRegistry } from '../worker/plugins.ts'
import { complaints, placeIn } from './complaints.ts'
import { EXIT, Failure, hintOf } from './exit.ts'
import { readWorkerProperties } from './worker-properties.ts'

const SPECS: Record<WorkerMode, ConfigSpec> = { standalone: standaloneConfig, distributed: distributedConfig }
const log = logger('bunnect.cli.WorkerFile')

export interface WorkerFile<M extends WorkerMode = WorkerMode> {
  config: WorkerConfig<M>
  /** `file:line` of a key, or the file where the key is not in it. */
  place(key: string): string
}

/** A worker's property file. Warnings are logged; what is wrong is a Failure that tells file and line. */
export async function readWorkerFile<M extends WorkerMode>(
  mode: M,
  path: string,
  plugins: PluginRegistry,
): Promise<WorkerFile<M>> {
  const { values, lines, warnings } = await readWorkerProperties(path)
  for (const warning of warnings) log.warn(warning)
  const place = (key: string) => placeIn({ path, lines }, key)
  try {
    const { resolveClass } = plugins
    const { resolved, secrets } = await withProvidersValues(values, plugins)
    const config = parseWorkerConfig(mode, resolved, { place, resolveClass, secrets })
    for (const warning of config.warnings) log.warn(warning)
    return { config, place }
  } catch (error) {
    throw new Failure(EXIT.start, complaint(error, { path, lines, plugins, spec: SPECS[mode] }), {
      cause: error,
    })
  }
}

/** The values that references stand for, as they are now; from here on they are secrets (invariant 5). */
async function withProvidersValues(
  raw: Readonly<Record<string, string>>,
  plugins: PluginRegistry,
): Promise<{ resolved: Record<string, string>; secrets: string[] }> {
  const providers = ConfigProviders.open(raw, log)
  try {
    const { config, replaced } = await providers.resolve(raw)
    const secrets = [...replaced.map(({ value }) => value), ...workerPasswords(config, plugins)]
    hide(secrets)
    // As in the JVM, whose plugins are looked for before there are providers.
    const path = raw['plugin.path']
    return { resolved: path === undefined ? config : { ...config, 'plugin.path': path }, secrets }
  } finally {
    await providers.close()
  }
}

interface Source {
  spec: ConfigSpec
  path: string
  lines: ReadonlyMap<string, number>
  plugins: PluginRegistry
}

function complaint(error: unknown, file: Source): string {
  if (error instanceof InvalidConfigException) {
    const problems = error.problems.map(problem => ({ ...problem, spec: file.spec[problem.key] ?? null }))
    return complaints(problems, {
      ...file,
      isKnown: key => Object.hasOwn(file.spec, key) || isClientKey(key),
    }).join('\n')
  }
  const message = error instanceof Error ? error.message : String(error)
  const key = keyIn(message, file.lines.keys())
  return `${key === null ? file.path : placeIn(file, key)}: ${message}`
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
export function placed(
  error: { key: string; exitCode: number; message: string },
  file: Pick<WorkerFile, 'place'>,
): Failure {
  return new Failure(error.exitCode, `${file.place(error.key)}: ${error.message}`, {
    cause: error,
    hint: hintOf(error),
  })
}

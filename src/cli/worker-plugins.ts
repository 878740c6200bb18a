import { parseConfig } from '../config/validate.ts'
import { bunnectKeys } from '../config/worker/bunnect.ts'
import { commonKeys } from '../config/worker/common.ts'
import { causes } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { Plugin } from '../sdk/plugin.ts'
import { type LivePlugins, livePlugins } from '../worker/live-plugins.ts'
import { pluginRegistry } from '../worker/plugins.ts'
import { builtInList, builtInPlugins, scriptHint } from './builtins.ts'
import { hostSettings } from './host-settings.ts'
import { refusedWithoutHosts } from './refused-plugins.ts'
import { readWorkerProperties } from './worker-properties.ts'

const log = logger('bunnect.cli.WorkerPlugins')

/** The plugins that a worker knows: what is compiled in, and what lies on plugin.path. */
export interface WorkerPlugins {
  registry: LivePlugins
  /** Calls back with the files that were read anew, of those that changed. */
  watch(onChange: (files: ReadonlySet<string>) => void): void
  close(): Promise<void>
}

/** The keys that are looked at before the rest of the file. */
const keys = {
  ...bunnectKeys,
  'plugin.path': commonKeys['plugin.path'],
}

/**
 * Reads plugin.path of a worker's file, if there is such a key: nothing else needs what reads it, which is loaded then.
 * What is wrong with the file is for whoever reads it as a whole.
 */
export async function workerPlugins(workerFile: string): Promise<WorkerPlugins> {
  const registry = livePlugins(builtInPlugins())
  const none = { registry, watch: () => {}, close: async () => {} }
  let raw: Readonly<Record<string, string>>
  let values: ReturnType<typeof parseConfig<typeof keys>>
  try {
    raw = (await readWorkerProperties(workerFile)).values
    values = parseConfig(keys, raw)
  } catch (error) {
    log.debug(`${workerFile} is not read for plugins: ${causes(error)}`)
    return none
  }
  const settings = hostSettings({ raw, values }, registry)
  const refused = values['bunnect.task.hosts'] === 0 && settings !== undefined
  const usable = (plugins: readonly Plugin[]) => (refused ? plugins.map(refusedWithoutHosts) : plugins)
  const builtIn = builtInList(raw)
  registry.replace(pluginRegistry(usable(builtIn), scriptHint))
  const paths = values['plugin.path'] ?? []
  if (paths.length === 0) return none
  const { followPluginPath } = await import('./plugin-path.ts')
  return { registry, ...(await followPluginPath({ paths, registry, builtIn, usable, settings })) }
}

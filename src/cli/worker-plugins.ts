import { readPropertiesFile } from '../config/files.ts'
import { parseConfig } from '../config/validate.ts'
import { bunnectKeys } from '../config/worker/bunnect.ts'
import { commonKeys } from '../config/worker/common.ts'
import { causes, javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { Plugin } from '../sdk/plugin.ts'
import { Catalogue, type CatalogueContents } from '../worker/hosts/catalogue.ts'
import { type LivePlugins, livePlugins } from '../worker/live-plugins.ts'
import { withoutClashes } from '../worker/outside/clashes.ts'
import type { OutsidePlugin } from '../worker/outside/description.ts'
import { changes, fingerprints } from '../worker/outside/file-changes.ts'
import { loadPlugins } from '../worker/outside/load.ts'
import { pluginRegistry } from '../worker/plugins.ts'
import { builtInList, builtInPlugins, scriptHint } from './builtins.ts'
import { hostSettings } from './host-settings.ts'
import { javaClasses } from './java-classes.ts'
import { refusedWithoutHosts } from './refused-plugins.ts'

const log = logger('bunnect.cli.WorkerPlugins')
/** How often plugin.path is looked at for what has changed. */
const LOOK_MS = 2000

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
 * Reads plugin.path of a worker's file, if there is such a key: nothing else needs a catalogue of plugins. What is
 * wrong with the file is for whoever reads it as a whole.
 */
export async function workerPlugins(workerFile: string): Promise<WorkerPlugins> {
  const registry = livePlugins(builtInPlugins())
  const none = { registry, watch: () => {}, close: async () => {} }
  let raw: Readonly<Record<string, string>>
  let values: ReturnType<typeof parseConfig<typeof keys>>
  try {
    raw = (await readPropertiesFile(workerFile)).values
    values = parseConfig(keys, raw)
  } catch (error) {
    log.debug(`${workerFile} is not read for plugins: ${causes(error)}`)
    return none
  }
  const settings = hostSettings({ raw, values }, registry)
  const refused = values['bunnect.task.hosts'] === 0 && settings !== undefined
  const usable = (plugins: readonly Plugin[]) => (refused ? plugins.map(refusedWithoutHosts) : plugins)
  registry.replace(pluginRegistry(usable(builtInList(raw)), scriptHint))
  const paths = values['plugin.path'] ?? []
  if (paths.length === 0) return none
  const catalogue = settings
    ? new Catalogue(paths, { config: {}, ...NO_TASKS }, settings)
    : { read: () => readHere(paths), close: async () => {} }
  const java = await javaClasses(paths)
  const elsewhere = (name: string) => java.hint(name) ?? scriptHint(name)
  const builtIn = builtInList(raw)
  const known = new Map<string, OutsidePlugin[]>()
  const take = ({ plugins, failures }: CatalogueContents, changed?: ReadonlySet<string>) => {
    const isNews = (file: string) => changed === undefined || changed.has(file)
    for (const { file, error } of failures)
      if (isNews(file)) log.error(`Plugin ${file}: ${causes(error)}`, javaTrace(error))
    const broken = new Set(failures.map(failure => failure.file))
    // Of a file that cannot be read any more the running code is still known.
    for (const file of known.keys()) if (!broken.has(file)) known.delete(file)
    for (const [file, of] of Map.groupBy(plugins, plugin => plugin.file)) known.set(file, of)
    const outside = withoutClashes(builtIn, [...known.values()].flat())
    for (const { file, message } of outside.clashes) if (isNews(file)) log.warn(message)
    const all = [...builtIn, ...outside.plugins]
    registry.replace(pluginRegistry(usable(all), elsewhere))
    return broken
  }
  let seen = fingerprints(paths)
  take(await catalogue.read())
  java.tell(registry)
  if (!settings && known.size > 0)
    log.warn(
      'The embedded log needs everything in the worker itself: a plugin of plugin.path that loops, leaks or ends the process takes the worker along',
    )
  let timer: Timer | null = null
  let reading: Promise<void> | null = null
  return {
    registry,
    watch(onChange) {
      const look = async () => {
        const now = fingerprints(paths)
        const changed = changes(seen, now)
        seen = now
        if (changed.size === 0) return
        log.info(`Reading again what has changed on plugin.path: ${[...changed].join(', ')}`)
        const broken = take(await catalogue.read(), changed)
        onChange(new Set([...changed].filter(file => !broken.has(file))))
      }
      timer = setInterval(() => {
        reading ??= look()
          .catch(error => log.error(`plugin.path could not be read again: ${javaTrace(error)}`))
          .finally(() => {
            reading = null
          })
      }, LOOK_MS)
      timer.unref()
    },
    async close() {
      if (timer) clearInterval(timer)
      await reading
      await catalogue.close()
    },
  }
}

/** Of a host that runs no tasks. */
const NO_TASKS = { gracefulStopMs: 0, offsetFlushIntervalMs: 0, offsetFlushTimeoutMs: 0 }

/** With the embedded log there is no other place than this process. */
async function readHere(paths: readonly string[]): Promise<CatalogueContents> {
  const { plugins, failures } = await loadPlugins(paths)
  return {
    plugins,
    failures: failures.map(({ file, error }) => ({
      file,
      error: error instanceof Error ? error : new Error(String(error)),
    })),
  }
}

import { causes, javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import type { Plugin } from '../sdk/plugin.ts'
import { Catalogue, type CatalogueContents } from '../worker/hosts/catalogue.ts'
import type { HostSettings } from '../worker/hosts/settings.ts'
import type { LivePlugins } from '../worker/live-plugins.ts'
import { withoutClashes } from '../worker/outside/clashes.ts'
import type { OutsidePlugin } from '../worker/outside/description.ts'
import { changes, fingerprints } from '../worker/outside/file-changes.ts'
import { pluginRegistry } from '../worker/plugins.ts'
import { scriptHint } from './builtins.ts'
import { javaClasses } from './java-classes.ts'
import type { WorkerPlugins } from './worker-plugins.ts'

const log = logger('org.apache.kafka.connect.runtime.isolation.Plugins')
/** How often plugin.path is looked at for what has changed. */
const LOOK_MS = 2000
/** Of a host that runs no tasks. */
const NO_TASKS = { gracefulStopMs: 0, offsetFlushIntervalMs: 0, offsetFlushTimeoutMs: 0 }

interface PluginPath {
  /** The entries. */
  paths: readonly string[]
  /** Gets what is found. */
  registry: LivePlugins
  /** Whose class names are taken. */
  builtIn: readonly Plugin[]
  /** What this worker lets use of the plugins. */
  usable(plugins: readonly Plugin[]): readonly Plugin[]
  /** Absent with the embedded log, where the code runs in this process. */
  settings: HostSettings | undefined
}

/** Reads what lies on plugin.path into the registry, and reads it again when it changes. */
export async function followPluginPath(path: PluginPath): Promise<Omit<WorkerPlugins, 'registry'>> {
  const { paths, registry, builtIn, usable, settings } = path
  const catalogue = settings
    ? new Catalogue(paths, { config: {}, ...NO_TASKS }, settings)
    : { read: () => readHere(paths), close: async () => {} }
  const java = await javaClasses(paths)
  const elsewhere = (name: string) => java.hint(name) ?? scriptHint(name)
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
    watch(onChange) {
      const look = async () => {
        const now = fingerprints(paths)
        const changed = changes(seen, now)
        if (changed.size === 0) return
        log.info(`Reading again what has changed on plugin.path: ${[...changed].join(', ')}`)
        const broken = take(await catalogue.read(), changed)
        seen = now // Not before: what could not be read is still to be read.
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

/** With the embedded log there is no other place than this process. */
async function readHere(paths: readonly string[]): Promise<CatalogueContents> {
  const { loadPlugins } = await import('../worker/outside/load.ts')
  const { plugins, failures } = await loadPlugins(paths)
  return {
    plugins,
    failures: failures.map(({ file, error }) => ({
      file,
      error: error instanceof Error ? error : new Error(String(error)),
    })),
  }
}

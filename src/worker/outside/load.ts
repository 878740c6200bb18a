import { readFileSync } from 'node:fs'
import { ConnectException } from '../../data/errors.ts'
import type { Plugin } from '../../sdk/plugin.ts'
import type { OutsidePlugin } from './description.ts'
import { PluginLoadError } from './failure.ts'
import { pluginPlaces } from './places.ts'
import { provideSdk } from './sdk-module.ts'
import { claimsToBePlugin, complaintsAbout, makerOf } from './shape.ts'

export interface LoadedPlugins {
  /** In the order of their files. */
  plugins: OutsidePlugin[]
  /** What could not be used; the rest was loaded nevertheless. */
  failures: { file: string; error: unknown }[]
}

/** A file that has not finished loading by then waits for something that does not come. */
const LOAD_MS = 30_000

/**
 * Imports the plugins of plugin.path into this process. Files that do not name the module 'bunnect' are no plugins (a
 * script of bunnect.Script, something that a plugin imports) and are not run.
 */
export async function loadPlugins(paths: readonly string[], loadMs = LOAD_MS): Promise<LoadedPlugins> {
  const { modules, problems } = pluginPlaces(paths)
  const plugins: OutsidePlugin[] = []
  const failures: LoadedPlugins['failures'] = problems.map(({ file, message }) => ({
    file,
    error: new ConnectException(message),
  }))
  provideSdk()
  for (const { file } of modules) {
    try {
      for (const plugin of await pluginsOf(file, loadMs)) {
        try {
          plugins.push(sound(plugin, file, plugins))
        } catch (error) {
          failures.push({ file, error })
        }
      }
    } catch (error) {
      failures.push({ file, error: new PluginLoadError(file, error) })
    }
  }
  return { plugins, failures }
}

async function pluginsOf(file: string, loadMs: number): Promise<Plugin[]> {
  if (!namesSdk(readFileSync(file, 'utf8'))) return []
  const exported: Record<string, unknown> = await settled(import(file), loadMs)
  const candidates = Object.values(exported).flat()
  // The default export is often one of the named ones as well.
  const plugins = new Set(candidates.filter(claimsToBePlugin))
  if (plugins.size === 0 && typeof exported['default'] !== 'function')
    throw new ConnectException(
      'exports no plugin; what sourceConnector, sinkConnector … return must be exported',
    )
  return [...plugins]
}

/** In code or in a bundle that leaves the module out; a comment does no harm. */
function namesSdk(text: string): boolean {
  return /['"]bunnect['"]/.test(text)
}

function sound(plugin: Plugin, file: string, earlier: readonly OutsidePlugin[]): OutsidePlugin {
  const complaints = complaintsAbout(plugin)
  const name = typeof plugin.className === 'string' && plugin.className ? plugin.className : makerOf(plugin)
  if (complaints.length > 0)
    throw new ConnectException(`${file}: ${name} is no whole plugin: ${complaints.join('; ')}`)
  const twin = earlier.find(other => other.className === plugin.className)
  if (twin)
    throw new ConnectException(
      `${file}: ${plugin.className} is the class name of a plugin in ${twin.file} already, which is used`,
      { hint: 'Give one of them another className.' },
    )
  return { ...plugin, outside: true, file }
}

async function settled<T>(loading: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new ConnectException(
            `has not finished loading within ${ms} ms; what its top level awaits never came`,
          ),
        ),
      ms,
    )
  })
  try {
    return await Promise.race([loading, late])
  } finally {
    clearTimeout(timer)
  }
}

import { readFileSync } from 'node:fs'
import { ConnectException } from '../../data/errors.ts'
import type { Plugin } from '../../sdk/plugin.ts'
import type { OutsidePlugin } from './description.ts'
import { PluginLoadError } from './failure.ts'
import { fingerprint } from './file-changes.ts'
import { type PluginModule, pluginPlaces } from './places.ts'
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
  for (const place of modules) {
    const { file } = place
    try {
      for (const plugin of await pluginsOf(place, loadMs)) {
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

async function pluginsOf(place: PluginModule, loadMs: number): Promise<Plugin[]> {
  if (!namesSdk(readFileSync(place.file, 'utf8'))) return []
  const exported: Record<string, unknown> = await settled(import(currentName(place)), loadMs)
  const candidates = Object.values(exported).flat()
  // The default export is often one of the named ones as well.
  const plugins = new Set(candidates.filter(claimsToBePlugin))
  if (plugins.size === 0 && typeof exported['default'] !== 'function')
    throw new ConnectException(
      'exports no plugin; what sourceConnector, sinkConnector … return must be exported',
    )
  return [...plugins]
}

const loaded = new Map<string, { fingerprint: string; times: number }>()

/**
 * Under what name the module system has the file as it is now: what it has read under one name stays as it was, an
 * error too. What the file imports from its own folder is read again with it.
 */
function currentName({ file, root }: PluginModule): string {
  const now = fingerprint(root)
  const before = loaded.get(file)
  const times = before === undefined ? 0 : before.times + (before.fingerprint === now ? 0 : 1)
  loaded.set(file, { fingerprint: now, times })
  if (times === 0) return file
  if (before!.fingerprint !== now) {
    for (const name of Object.keys(require.cache)) if (isOwn(name, root)) delete require.cache[name]
  }
  return `${file}?${times}`
}

function isOwn(name: string, root: string): boolean {
  return name.startsWith(`${root}/`) && !name.includes('/node_modules/')
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

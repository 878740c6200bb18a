/** What lies on plugin.path. Java: org.apache.kafka.connect.runtime.isolation.PluginUtils.pluginLocations */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** A file to import, and the file or folder that changes with it. */
export interface PluginModule {
  file: string
  root: string
}

export interface PluginPlaces {
  modules: PluginModule[]
  jars: string[]
  /** A line each: entries that cannot be read. */
  problems: { file: string; message: string }[]
}

const INDEX = ['index.ts', 'index.js', 'index.mts', 'index.mjs']
const MODULE = /^(?!.*\.d\.[cm]?ts$)(?!.*\.(?:test|spec)\.[cm]?[jt]s$)[^.].*\.[cm]?[jt]s$/
const JAR = /\.(?:jar|zip)$/i

/**
 * An entry is a folder of plugins, a plugin's own folder (one with index.ts, index.js or a package.json that names its
 * `main`), a file or a jar. In a folder of plugins each file and each sub-folder is looked at; what is neither is left
 * alone. Every list is in the order of names.
 */
export function pluginPlaces(entries: readonly string[]): PluginPlaces {
  const places: PluginPlaces = { modules: [], jars: [], problems: [] }
  for (const entry of new Set(entries.map(path => resolve(path)))) {
    try {
      if (!statSync(entry).isDirectory()) addFile(entry, places)
      else if (!addModule(entry, places)) addChildren(entry, places)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // The JVM's text for a path that is not there; it goes on as well.
      places.problems.push({
        file: entry,
        message: `Could not get listing for plugin path: ${entry}. Ignoring.${code ? ` (${code})` : ''}`,
      })
    }
  }
  // One entry may lie inside another.
  const modules = [...new Map(places.modules.map(module => [module.file, module])).values()]
  return { ...places, modules, jars: [...new Set(places.jars)] }
}

function addFile(file: string, places: PluginPlaces): void {
  if (JAR.test(file)) places.jars.push(file)
  else if (MODULE.test(file.slice(dirname(file).length + 1))) places.modules.push({ file, root: file })
}

function addChildren(folder: string, places: PluginPlaces): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    // Also where a link leads nowhere: an entry that cannot be read hides no other.
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isFile()) addFile(path, places)
    else if (found?.isDirectory() && name !== 'node_modules' && !addModule(path, places))
      addJars(path, places)
  }
}

/** The jars of one Java plugin, which has a folder of its own, at most one folder further down (`lib`). */
function addJars(folder: string, places: PluginPlaces, depth = 0): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isFile() && JAR.test(name)) places.jars.push(path)
    else if (found?.isDirectory() && depth === 0) addJars(path, places, depth + 1)
  }
}

/** Adds the folder if it is a plugin by itself. */
function addModule(folder: string, places: PluginPlaces): boolean {
  const file = mainOf(folder, places) ?? INDEX.map(name => join(folder, name)).find(path => existsSync(path))
  if (file === undefined) return false
  places.modules.push({ file, root: folder })
  return true
}

function mainOf(folder: string, places: PluginPlaces): string | null {
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest)) return null
  try {
    const { main, module } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      main?: unknown
      module?: unknown
    }
    const named = [module, main].find(value => typeof value === 'string')
    return named === undefined ? null : join(folder, named as string)
  } catch (error) {
    places.problems.push({ file: manifest, message: `not valid JSON: ${(error as Error).message}` })
    return null
  }
}

function namesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => !name.startsWith('.'))
    .sort()
}

import { logger } from '../observe/log.ts'
import { javaHint, javaReport, unreadableArchives } from '../worker/outside/java-report.ts'
import { pluginPlaces } from '../worker/outside/places.ts'
import type { PluginRegistry } from '../worker/plugins.ts'

const log = logger('bunnect.cli.JavaClasses')

export interface JavaClasses {
  /** What to do about a class that only a Java archive has. */
  hint(className: string): string | undefined
  /** Logs what was found, and which of it is built in. */
  tell(registry: Pick<PluginRegistry, 'find'>): void
}

/** The plugins in Java archives on plugin.path. What reads them is loaded only if there are any. */
export async function javaClasses(paths: readonly string[]): Promise<JavaClasses> {
  const { jars } = pluginPlaces(paths)
  if (jars.length === 0) return { hint: () => undefined, tell: () => {} }
  const { javaPlugins } = await import('../worker/outside/jars.ts')
  const found = await javaPlugins(jars)
  return {
    hint: javaHint(found.plugins),
    tell: registry => {
      for (const line of javaReport(found, className => registry.find(className) !== null)) log.info(line)
      for (const line of unreadableArchives(found)) log.warn(line)
    },
  }
}

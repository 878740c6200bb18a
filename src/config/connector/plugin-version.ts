/** `….plugin.version` keys (KIP-891): each class has one version here. */
import type { Validator } from '../keys.ts'
import { ifGiven } from '../validators.ts'
import { VersionRangeError, versionRange } from '../version-range.ts'
import type { KnownPlugins, PluginShape } from './plugin-shape.ts'

/** Java: ConnectorConfig.PluginVersionValidator */
export const validVersionRange: Validator<string> = ifGiven(requirement => {
  const complaint = rangeProblem(requirement)
  return complaint === null ? null : { sentence: complaint }
}, 'org.apache.kafka.connect.runtime.ConnectorConfig$PluginVersionValidator')

/** What is wrong with a requirement by itself, in Maven's words, or null. */
export function rangeProblem(requirement: string | null | undefined): string | null {
  try {
    versionRange(requirement)
    return null
  } catch (error) {
    if (error instanceof VersionRangeError) return error.message
    throw error
  }
}

/**
 * Why the plugin is not the one that a (sound) requirement asks for, or null.
 * Java: VersionedPluginLoadingException
 */
export function versionMismatch(
  plugin: PluginShape,
  requirement: string | null | undefined,
  plugins: KnownPlugins,
): string | null {
  const range = versionRange(requirement)
  if (range === null || range.contains(plugin.version)) return null
  const { className } = plugin
  const available = plugins.list(false).flatMap(known => (known.class === className ? [known.version] : []))
  return `Plugin ${className} not found that matches the version range ${range.text}, available versions: [${available.join(', ')}]`
}

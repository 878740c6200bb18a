import { ConnectException } from '../data/errors.ts'
import type { Plugin } from '../sdk/plugin.ts'

/**
 * A plugin whose every configuration is refused because it would need a task host, and `bunnect.task.hosts=0` wants
 * none. What is compiled in and brings no code of others stays as it is.
 */
export function refusedWithoutHosts(plugin: Plugin): Plugin {
  if (!plugin.outside) return plugin
  const message =
    `${plugin.className} is not built in and would need a task host, but the worker's configuration says ` +
    'bunnect.task.hosts=0. Remove that line, or set it to 1 or more.'
  const key = plugin.kind === 'source' || plugin.kind === 'sink' ? 'connector.class' : 'type'
  return {
    ...plugin,
    validate: () => {
      // A converter has no key of its own that could be blamed.
      if (plugin.kind === 'converter') throw new ConnectException(message)
      return [{ key, message }]
    },
  }
}

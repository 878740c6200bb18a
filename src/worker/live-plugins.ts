import type { PluginRegistry } from './plugins.ts'

/** A registry whose contents change while it is in use: a file on plugin.path was written anew. */
export interface LivePlugins extends PluginRegistry {
  replace(registry: PluginRegistry): void
}

/** Begins with the contents of `registry`. */
export function livePlugins(registry: PluginRegistry): LivePlugins {
  let current = registry
  return {
    connector: name => current.connector(name),
    converter: name => current.converter(name),
    transformation: name => current.transformation(name),
    predicate: name => current.predicate(name),
    find: (...args) => current.find(...args),
    hint: (...args) => current.hint(...args),
    resolveClass: (...args) => current.resolveClass(...args),
    list: connectorsOnly => current.list(connectorsOnly),
    get edition() {
      return current.edition
    },
    replace(next) {
      current = next
    },
  }
}

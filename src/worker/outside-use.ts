import type { Config, Plugin } from '../sdk/plugin.ts'

const CONVERTERS = ['key.converter', 'value.converter', 'header.converter']

/** The plugins that a connector uses and that are not compiled in; a class that nobody knows is left out. */
export function outsidePlugins(
  connector: Config,
  worker: Config,
  find: (classOrAlias: string) => Plugin | null,
): Plugin[] {
  const converters = CONVERTERS.map(key => connector[key] ?? worker[key])
  const chain = ['transforms', 'predicates'].flatMap(list =>
    (connector[list] ?? '').split(',').map(alias => connector[`${list}.${alias.trim()}.type`]),
  )
  const used = [connector['connector.class'], ...converters, ...chain].flatMap(name => {
    const plugin = name === undefined ? null : find(name.trim())
    return plugin?.outside ? [plugin] : []
  })
  return [...new Set(used)]
}

import type { Herder } from '../../herder/herder.ts'
import { hinted, json } from '../answers.ts'
import { queryBoolean } from '../query.ts'
import { readConfig } from '../requests.ts'
import { bodyOf, type Resource } from '../resource.ts'

/** Java: ConnectorPluginsResource */
export function pluginResources(herder: Herder): Resource[] {
  return [
    {
      path: '/connector-plugins',
      checksContentType: true,
      methods: {
        GET: { handler: async c => json(await herder.plugins(queryBoolean(c, 'connectorsOnly', true))) },
      },
    },
    {
      path: '/connector-plugins/:plugin/config',
      checksContentType: true,
      methods: {
        GET: {
          handler: async c => {
            const plugin = c.req.param('plugin') as string
            return json(await herder.pluginConfig(plugin, c.req.query('version') ?? 'latest'))
          },
        },
      },
    },
    {
      path: '/connector-plugins/:plugin/config/validate',
      checksContentType: true,
      methods: {
        PUT: {
          usesBody: true,
          handler: async c => {
            const config = readConfig(await bodyOf(c))
            const { infos, hint } = await herder.validateConfig(c.req.param('plugin') as string, config)
            return json(infos, 200, hinted(hint))
          },
        },
      },
    },
  ]
}

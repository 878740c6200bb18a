import type { Herder } from '../../herder/herder.ts'
import { json } from '../answers.ts'
import { queryBoolean } from '../query.ts'
import type { Resource } from '../resource.ts'

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
  ]
}

import type { Herder } from '../../herder/herder.ts'
import { hinted, json } from '../answers.ts'
import { listOf, of } from '../openapi/schemas.ts'
import { queryBoolean } from '../query.ts'
import { readConfig } from '../requests.ts'
import { bodyOf, type Resource } from '../resource.ts'

const tag = 'Plugins'

/** Java: ConnectorPluginsResource */
export function pluginResources(herder: Herder): Resource[] {
  return [
    {
      path: '/connector-plugins',
      methods: {
        GET: {
          tag,
          summary: 'The plugins of this worker.',
          query: {
            connectorsOnly: {
              schema: { type: 'boolean', default: true },
              description: 'false: converters, transformations and predicates too.',
            },
          },
          answers: { 200: listOf('PluginInfo') },
          consumes: 'json',
          handler: async c => json(await herder.plugins(queryBoolean(c, 'connectorsOnly', true))),
        },
      },
    },
    {
      path: '/connector-plugins/:plugin/config',
      methods: {
        GET: {
          tag,
          summary: 'The configuration keys of a plugin.',
          query: {
            version: { schema: { type: 'string', default: 'latest' }, description: 'A Maven version range.' },
          },
          answers: { 200: listOf('ConfigKeyInfo') },
          consumes: 'json',
          handler: async c => {
            const plugin = c.req.param('plugin') as string
            return json(await herder.pluginConfig(plugin, c.req.query('version') ?? 'latest'))
          },
        },
      },
    },
    {
      path: '/connector-plugins/:plugin/config/validate',
      methods: {
        PUT: {
          tag,
          summary: 'What is right and wrong with a configuration; nothing is changed.',
          body: of('SubmittedConfig'),
          answers: { 200: of('ConfigInfos') },
          consumes: 'json',
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

import type { Context } from 'hono'
import { HerderError } from '../../herder/errors.ts'
import type { Herder } from '../../herder/herder.ts'
import { masked } from '../../observe/secrets.ts'
import { empty, json } from '../answers.ts'
import { of } from '../openapi/schemas.ts'
import type { Resource } from '../resource.ts'
import type { RestSettings } from '../settings.ts'

const tag = 'Topics'

/** Topics that connectors have used. Java: ConnectorsResource, KIP-558 */
export function topicResources(
  herder: Herder,
  { topicTracking, topicReset }: Pick<RestSettings, 'topicTracking' | 'topicReset'>,
): Resource[] {
  const named = (c: Context) => c.req.param('connector') as string
  const tracked = () => {
    if (!topicTracking) throw new HerderError('FORBIDDEN', 'Topic tracking is disabled.')
  }
  return [
    {
      path: '/connectors/:connector/topics',
      methods: {
        GET: {
          tag,
          summary: 'The topics that a connector has used since its creation or the last reset.',
          answers: { 200: of('ActiveTopics') },
          consumes: 'json',
          handler: async c => {
            tracked()
            const topics = await herder.activeTopics(named(c))
            // Invariant 5: a provider may have given the name.
            return json({ [named(c)]: { topics: [...new Set(topics.map(masked))] } })
          },
        },
      },
    },
    {
      path: '/connectors/:connector/topics/reset',
      methods: {
        PUT: {
          tag,
          summary: 'Forgets the topics that a connector has used.',
          answers: { 202: null },
          consumes: 'json',
          handler: async c => {
            tracked()
            if (!topicReset) throw new HerderError('FORBIDDEN', 'Topic tracking reset is disabled.')
            await herder.resetActiveTopics(named(c))
            return empty(202)
          },
        },
      },
    },
  ]
}

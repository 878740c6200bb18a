import type { Herder } from '../../herder/herder.ts'
import { json } from '../answers.ts'
import { of } from '../openapi/schemas.ts'
import type { Resource } from '../resource.ts'

const HEALTH_STATUS = { healthy: 200, starting: 503, unhealthy: 500 }

/** `/` and `/health`. Java: RootResource, KIP-1017 */
export function rootResources(herder: Herder): Resource[] {
  const tag = 'Worker'
  return [
    {
      path: '/',
      methods: {
        GET: {
          tag,
          summary: "The worker's version and the Kafka cluster that it uses.",
          answers: { 200: of('ServerInfo') },
          consumes: 'anything',
          handler: async () => json(await herder.serverInfo()),
        },
      },
    },
    {
      path: '/health',
      methods: {
        GET: {
          tag,
          summary: 'Whether the worker has started and answers.',
          answers: { 200: of('Health'), 500: of('Health'), 503: of('Health') },
          consumes: 'anything',
          handler: async () => {
            const health = await herder.health()
            return json(health, HEALTH_STATUS[health.status])
          },
        },
      },
    },
  ]
}

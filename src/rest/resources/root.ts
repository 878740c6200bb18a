import type { Herder } from '../../herder/herder.ts'
import { json } from '../answers.ts'
import type { Resource } from '../resource.ts'

const HEALTH_STATUS = { healthy: 200, starting: 503, unhealthy: 500 }

/** `/` and `/health`. Java: RootResource, KIP-1017 */
export function rootResources(herder: Herder): Resource[] {
  return [
    {
      path: '/',
      checksContentType: false,
      methods: { GET: { handler: async () => json(await herder.serverInfo()) } },
    },
    {
      path: '/health',
      checksContentType: false,
      methods: {
        GET: {
          handler: async () => {
            const health = await herder.health()
            return json(health, HEALTH_STATUS[health.status])
          },
        },
      },
    },
  ]
}

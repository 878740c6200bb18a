import type { Herder } from '../../herder/herder.ts'
import { json } from '../answers.ts'
import { of } from '../openapi/schemas.ts'
import type { Resource } from '../resource.ts'

/** `/bunnect/restarts`: what has failed on this worker and when it is restarted. */
export function restartResources(herder: Herder): Resource[] {
  return [
    {
      path: '/bunnect/restarts',
      methods: {
        GET: {
          tag: 'Restarts',
          summary:
            'What has failed on this worker, and when and how often it is restarted by bunnect.restart.*.',
          answers: { 200: of('Restarts') },
          consumes: 'anything',
          handler: async () => json(await herder.restarts()),
        },
      },
    },
  ]
}

import type { Context } from 'hono'
import { HerderError } from '../../herder/errors.ts'
import type { Herder } from '../../herder/herder.ts'
import { json } from '../answers.ts'
import { of } from '../openapi/schemas.ts'
import type { Resource } from '../resource.ts'

/** `/bunnect/decommission`: this worker leaves its group on purpose. */
export function decommissionResources(herder: Herder): Resource[] {
  return [
    {
      path: '/bunnect/decommission',
      methods: {
        POST: {
          tag: 'Worker',
          summary:
            'Stops all that this worker runs, has the others take it over at once and leaves the group. The process stays until it is stopped.',
          answers: { 200: of('Decommissioned') },
          consumes: 'anything',
          handler: async c => {
            refuseOtherOrigins(c)
            return json(await herder.decommission())
          },
        },
      },
    },
  ]
}

/** A POST without a body is what any page may have a browser send, without asking first. */
function refuseOtherOrigins(c: Context): void {
  const origin = c.req.header('origin')
  if (origin === undefined || URL.parse(origin)?.host === c.req.header('host')) return
  throw new HerderError('FORBIDDEN', `A page of ${origin} may not decommission this worker`)
}

import type { Context } from 'hono'
import { HerderError } from '../../herder/errors.ts'
import type { Herder } from '../../herder/herder.ts'
import { of } from '../openapi/schemas.ts'
import { readTaskConfigs } from '../requests.ts'
import { bodyOf, type Resource } from '../resource.ts'
import type { RestSettings } from '../settings.ts'
import { taskConfigsOperation } from './tasks.ts'

const tag = 'Between workers'

/**
 * What workers ask each other. A worker that leads alone has nobody who may ask: it answers as the JVM's does that
 * has no session key yet, a standalone worker as the JVM's standalone worker. Java: InternalClusterResource
 */
export function internalResources(
  herder: Herder,
  { signatures }: Pick<RestSettings, 'signatures'>,
): Resource[] {
  return [
    {
      path: '/connectors/:connector/tasks',
      methods: {
        GET: taskConfigsOperation(herder),
        POST: {
          tag,
          summary: 'Task configurations of a connector that another worker owns.',
          body: of('TaskConfigs'),
          answers: { 204: null },
          consumes: 'anything',
          handler: async c => {
            readTaskConfigs(await bodyOf(c))
            return refused(c, signatures, 'externally setting task configurations')
          },
        },
      },
    },
    {
      path: '/connectors/:connector/fence',
      methods: {
        PUT: {
          tag,
          summary: 'Fences the producers of former tasks of a connector.',
          answers: { 204: null },
          consumes: 'anything',
          handler: c => refused(c, signatures, 'exactly-once source connectors'),
        },
      },
    },
  ]
}

function refused(c: Context, signatures: RestSettings['signatures'], what: string): never {
  const signature = c.req.header('x-connect-authorization')
  const algorithm = c.req.header('x-connect-request-signature-algorithm')
  const signed = signature !== undefined && algorithm !== undefined
  if (signed) {
    if (!/^Hmac(?:MD5|SHA(?:1|224|256|384|512|512\/224|512\/256|3-(?:224|256|384|512)))$/i.test(algorithm))
      throw new HerderError('BAD_REQUEST', `Algorithm ${algorithm} not available`)
    const strange = /[^A-Za-z0-9+/=]/.exec(signature)?.[0]
    if (strange !== undefined)
      throw new HerderError('BAD_REQUEST', `Illegal base64 character ${strange.charCodeAt(0).toString(16)}`)
  }
  if (signatures === null)
    throw new HerderError('INTERNAL', `Kafka Connect in standalone mode does not support ${what}.`)
  if (!signed) throw new HerderError('BAD_REQUEST', 'Internal request missing required signature')
  const { algorithms } = signatures
  if (!algorithms.includes(algorithm))
    throw new HerderError(
      'BAD_REQUEST',
      `This worker does not support the '${algorithm}' key signing algorithm used by other workers. This worker is currently configured to use: [${algorithms.join(', ')}]. Check that all workers' configuration files permit the same set of signature algorithms, and correct any misconfigured worker and restart it.`,
    )
  throw new HerderError('NO_SESSION_KEY')
}

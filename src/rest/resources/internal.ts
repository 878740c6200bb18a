import type { Context } from 'hono'
import type { Herder, SubmittedConfig } from '../../herder/herder.ts'
import { empty } from '../answers.ts'
import type { Forwarding } from '../forwarding.ts'
import { of } from '../openapi/schemas.ts'
import { readTakeOver, readTaskConfigs } from '../requests.ts'
import { bodyOf, type Resource, SMALL_BODY } from '../resource.ts'
import { signatureOf } from '../signature.ts'
import { taskConfigsOperation } from './tasks.ts'

const tag = 'Between workers'

/**
 * What workers ask each other. A request that was meant for another worker goes on to it without its signature, as
 * from the JVM: unless nobody signs, that one refuses it. Java: InternalClusterResource
 */
export function internalResources(herder: Herder, forwarding: Forwarding): Resource[] {
  const named = (c: Context) => c.req.param('connector') as string
  const trusted = async <T>(c: Context, read: (body: Buffer) => T): Promise<T> => {
    const body = await bodyOf(c)
    const check = () => herder.checkSignature(signatureOf(c), body)
    // The JVM reads it first. A large one keeps the worker from all else for seconds: that is for other workers alone.
    const isLarge = body.length > SMALL_BODY
    if (isLarge) check()
    const value = read(body)
    if (!isLarge) check()
    return value
  }
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
            const configs = await trusted(c, readTaskConfigs)
            await forwarding.run(
              c,
              {
                here: () => herder.putTaskConfigs(named(c), configs.map(withoutNulls)),
                method: 'POST',
                entity: configs,
                read: () => undefined,
              },
              'internal',
            )
            return empty(204)
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
          handler: async c => {
            // A body is of no use, but it is what would have been signed.
            herder.checkSignature(signatureOf(c), await bodyOf(c))
            await forwarding.run(
              c,
              { here: () => herder.fenceZombies(named(c)), method: 'PUT', read: () => undefined },
              'internal',
            )
            return empty(204)
          },
        },
      },
    },
    {
      path: '/bunnect/take-over',
      methods: {
        POST: {
          tag,
          summary: 'Another worker leaves on purpose and has stopped this: the leader gives it away at once.',
          body: of('TakeOver'),
          answers: { 204: null },
          consumes: 'anything',
          handler: async c => {
            const { worker, connectors, tasks } = await trusted(c, readTakeOver)
            // Who leaves asks the new leader then; it knows first.
            await herder.takeOver(worker, { connectors, tasks })
            return empty(204)
          },
        },
      },
    },
  ]
}

/** To a task a key without a value is one that is not there. */
function withoutNulls(config: SubmittedConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).filter((entry): entry is [string, string] => entry[1] !== null),
  )
}

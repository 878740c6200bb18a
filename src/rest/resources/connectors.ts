import type { Context } from 'hono'
import { HerderError } from '../../herder/errors.ts'
import type { ConnectorInfo, ConnectorStatus, Herder, TargetState } from '../../herder/herder.ts'
import { empty, json } from '../answers.ts'
import type { Forwarding } from '../forwarding.ts'
import { of } from '../openapi/schemas.ts'
import { type Resource, whileThere } from '../resource.ts'
import { create, patch, remove, replace, restart } from './connector-changes.ts'

const tag = 'Connectors'
const FLAG = { type: 'boolean', default: false }

/** Java: ConnectorsResource, all but tasks, topics and offsets. */
export function connectorResources(herder: Herder, forwarding: Forwarding): Resource[] {
  const named = (c: Context) => c.req.param('connector') as string
  const target = (suffix: string, state: TargetState, status: 202 | 204, summary: string): Resource => ({
    path: `/connectors/:connector/${suffix}`,
    methods: {
      PUT: {
        tag,
        summary,
        answers: { [status]: null },
        consumes: 'json',
        handler: async c => {
          await forwarding.run(c, {
            here: () => herder.setTargetState(named(c), state, whileThere(c)),
            method: 'PUT',
            repeatable: true,
            read: () => undefined,
          })
          return empty(status)
        },
      },
    },
  })
  return [
    {
      path: '/connectors',
      methods: {
        GET: {
          tag,
          summary: 'The names of all connectors or, with expand, what is known of them.',
          query: {
            expand: {
              schema: { type: 'array', items: { type: 'string', enum: ['status', 'info'] } },
              description: 'May be given several times.',
            },
          },
          answers: { 200: { anyOf: [of('ConnectorNames'), of('ExpandedConnectors')] } },
          consumes: 'json',
          handler: c => list(herder, c),
        },
        POST: {
          tag,
          summary: 'Creates a connector.',
          body: of('CreateConnector'),
          answers: { 201: of('ConnectorInfo') },
          consumes: 'json',
          handler: c => create(herder, forwarding, c),
        },
      },
    },
    {
      path: '/connectors/:connector',
      methods: {
        GET: {
          tag,
          summary: 'The configuration and the tasks of a connector.',
          answers: { 200: of('ConnectorInfo') },
          consumes: 'json',
          handler: async c => json(await herder.connectorInfo(named(c))),
        },
        DELETE: {
          tag,
          summary: 'Deletes a connector; what it has written and its offsets stay.',
          answers: { 204: null },
          consumes: 'json',
          handler: async c => {
            await remove(herder, forwarding, c, named(c))
            return empty(204)
          },
        },
      },
    },
    {
      path: '/connectors/:connector/config',
      methods: {
        GET: {
          tag,
          summary: 'The configuration of a connector.',
          answers: { 200: of('Config') },
          consumes: 'json',
          handler: async c => json(await herder.connectorConfig(named(c))),
        },
        PUT: {
          tag,
          summary: 'Creates a connector or replaces its whole configuration.',
          body: of('SubmittedConfig'),
          answers: { 200: of('ConnectorInfo'), 201: of('ConnectorInfo') },
          consumes: 'json',
          handler: c => replace(herder, forwarding, c, named(c)),
        },
        PATCH: {
          tag,
          summary: 'Sets keys of the configuration; null removes a key.',
          body: of('SubmittedConfig'),
          answers: { 200: of('ConnectorInfo') },
          consumes: 'json',
          handler: c => patch(herder, forwarding, c, named(c)),
        },
      },
    },
    {
      path: '/connectors/:connector/status',
      methods: {
        GET: {
          tag,
          summary: 'The state of a connector and its tasks.',
          answers: { 200: of('ConnectorStatus') },
          consumes: 'json',
          handler: async c => json(await herder.connectorStatus(named(c))),
        },
      },
    },
    {
      path: '/connectors/:connector/restart',
      methods: {
        POST: {
          tag,
          summary: 'Restarts the connector and, if asked for, its tasks.',
          query: {
            includeTasks: { schema: FLAG, description: 'Its tasks too.' },
            onlyFailed: { schema: FLAG, description: 'Only what has failed.' },
          },
          answers: { 202: of('ConnectorStatus'), 204: null },
          consumes: 'json',
          handler: c => restart(herder, forwarding, c, named(c)),
        },
      },
    },
    target('pause', 'PAUSED', 202, 'Pauses a connector and its tasks.'),
    target('resume', 'STARTED', 202, 'Lets a paused or stopped connector run.'),
    target('stop', 'STOPPED', 204, 'Stops a connector and removes its tasks.'),
  ]
}

async function list(herder: Herder, c: Context): Promise<Response> {
  const names = await herder.connectors()
  const expansions = c.req.queries('expand')
  if (!expansions) return json(names)
  const out: Record<string, { status?: ConnectorStatus; info?: ConnectorInfo }> = {}
  for (const name of names) {
    const entry: (typeof out)[string] = {}
    try {
      for (const expansion of expansions) {
        if (expansion === 'status') entry.status = await herder.connectorStatus(name)
        if (expansion === 'info') entry.info = await herder.connectorInfo(name)
      }
    } catch (error) {
      // deleted, or not started yet: the JVM leaves it out of the list
      if (error instanceof HerderError && error.status === 404) continue
      throw error
    }
    out[name] = entry
  }
  return json(out)
}

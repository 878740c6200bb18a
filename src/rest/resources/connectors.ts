import type { Context } from 'hono'
import { HerderError } from '../../herder/errors.ts'
import type {
  ConnectorInfo,
  ConnectorStatus,
  Herder,
  SubmittedConfig,
  TargetState,
} from '../../herder/herder.ts'
import { empty, json } from '../answers.ts'
import type { Forwarding } from '../forwarding.ts'
import { of } from '../openapi/schemas.ts'
import { encodedPath } from '../path.ts'
import { queryBoolean } from '../query.ts'
import { nullPatch, readConfig, readCreateRequest, readPatch } from '../requests.ts'
import { bodyOf, type Resource, whileThere } from '../resource.ts'

const tag = 'Connectors'
/** What a request to create says, by what becomes of it. */
const INITIAL_STATES: Readonly<Record<TargetState, string>> = {
  STARTED: 'RUNNING',
  PAUSED: 'PAUSED',
  STOPPED: 'STOPPED',
}
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

async function create(herder: Herder, forwarding: Forwarding, c: Context): Promise<Response> {
  const request = readCreateRequest(await bodyOf(c))
  const { name, initialState } = request
  const config = named(name, request.config)
  const info = await forwarding.run(c, {
    here: async () => {
      const options = { ...whileThere(c), replace: false, ...(initialState && { initialState }) }
      return (await herder.putConnector(name, config, options)).info
    },
    method: 'POST',
    entity: { name, config, initial_state: initialState && INITIAL_STATES[initialState] },
    read: ({ body }) => body as ConnectorInfo,
    // The second of two that are equal is refused because of the first.
    repeatable: true,
    afterAll: async status => {
      if (status !== 409 || !(await herder.catchUp())) return null
      const created = await herder.connectorInfo(name)
      return Bun.deepEquals(created.config, config) ? { result: created } : null
    },
  })
  return json(info, 201, { location: location(c, name) })
}

async function replace(herder: Herder, forwarding: Forwarding, c: Context, name: string): Promise<Response> {
  const config = named(name, readConfig(await bodyOf(c)))
  const { created, info } = await forwarding.run(c, {
    here: () => herder.putConnector(name, config, { ...whileThere(c), replace: true }),
    method: 'PUT',
    entity: config,
    read: ({ status, body }) => ({ created: status === 201, info: body as ConnectorInfo }),
    repeatable: true,
  })
  return created ? json(info, 201, { location: location(c, name) }) : json(info)
}

async function patch(herder: Herder, forwarding: Forwarding, c: Context, name: string): Promise<Response> {
  const change = readPatch(await bodyOf(c))
  const info = await forwarding.run(c, {
    here: async () => {
      if (change !== null) return await herder.patchConnector(name, change, whileThere(c))
      // As in the JVM, which finds out after it has looked for the connector.
      await herder.connectorConfig(name)
      throw nullPatch()
    },
    method: 'PATCH',
    entity: change,
    read: ({ body }) => body as ConnectorInfo,
    // It sets and removes keys, whatever they were.
    repeatable: true,
  })
  return json(info)
}

function remove(herder: Herder, forwarding: Forwarding, c: Context, name: string): Promise<void> {
  return forwarding.run<void>(c, {
    here: () => herder.deleteConnector(name, whileThere(c)),
    method: 'DELETE',
    read: () => undefined,
    repeatable: true,
    afterAll: async status => (status === 404 ? { result: undefined } : null),
  })
}

async function restart(herder: Herder, forwarding: Forwarding, c: Context, name: string): Promise<Response> {
  const includeTasks = queryBoolean(c, 'includeTasks', false)
  const onlyFailed = queryBoolean(c, 'onlyFailed', false)
  if (includeTasks || onlyFailed) {
    const planned = await forwarding.run(c, {
      here: () => herder.restartConnectorAndTasks(name, { ...whileThere(c), includeTasks, onlyFailed }),
      method: 'POST',
      query: { includeTasks, onlyFailed },
      read: ({ body }) => body as ConnectorStatus,
    })
    return json(planned, 202)
  }
  await forwarding.run(c, {
    here: () => herder.restartConnector(name, whileThere(c)),
    method: 'POST',
    read: () => undefined,
  })
  return empty(204)
}

/** The config must name the connector of the URL, or none: then the name is added. */
function named(name: string, config: SubmittedConfig): SubmittedConfig {
  const given = config['name']
  if (given !== undefined && given !== null && given !== name) {
    throw new HerderError(
      'BAD_REQUEST',
      `Connector name configuration (${given}) doesn't match connector name in the URL (${name})`,
    )
  }
  if (given === null || given === undefined) {
    delete config['name']
    config['name'] = name
  }
  return config
}

/** Absolute, by the Host that the client used. */
function location(c: Context, name: string): string {
  const url = new URL(c.req.url)
  return `${url.protocol}//${c.req.header('host') || url.host}/connectors/${encodedPath(name)}`
}

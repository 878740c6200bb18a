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
import { encodedPath } from '../path.ts'
import { queryBoolean } from '../query.ts'
import { readConfig, readCreateRequest } from '../requests.ts'
import { bodyOf, type Resource } from '../resource.ts'

/** Java: ConnectorsResource, all but tasks and offsets. */
export function connectorResources(herder: Herder): Resource[] {
  const named = (c: Context) => c.req.param('connector') as string
  const target = (suffix: string, state: TargetState, status: 202 | 204): Resource => ({
    path: `/connectors/:connector/${suffix}`,
    checksContentType: true,
    methods: {
      PUT: {
        handler: async c => {
          await herder.setTargetState(named(c), state)
          return empty(status)
        },
      },
    },
  })
  return [
    {
      path: '/connectors',
      checksContentType: true,
      methods: {
        GET: { handler: c => list(herder, c) },
        POST: { usesBody: true, handler: c => create(herder, c) },
      },
    },
    {
      path: '/connectors/:connector',
      checksContentType: true,
      methods: {
        GET: { handler: async c => json(await herder.connectorInfo(named(c))) },
        DELETE: {
          handler: async c => {
            await herder.deleteConnector(named(c))
            return empty(204)
          },
        },
      },
    },
    {
      path: '/connectors/:connector/config',
      checksContentType: true,
      methods: {
        GET: { handler: async c => json(await herder.connectorConfig(named(c))) },
        PUT: { usesBody: true, handler: c => replace(herder, c, named(c)) },
      },
    },
    {
      path: '/connectors/:connector/status',
      checksContentType: true,
      methods: { GET: { handler: async c => json(await herder.connectorStatus(named(c))) } },
    },
    {
      path: '/connectors/:connector/restart',
      checksContentType: true,
      methods: { POST: { handler: c => restart(herder, c, named(c)) } },
    },
    target('pause', 'PAUSED', 202),
    target('resume', 'STARTED', 202),
    target('stop', 'STOPPED', 204),
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

async function create(herder: Herder, c: Context): Promise<Response> {
  const { name, config, initialState } = readCreateRequest(await bodyOf(c))
  const { info } = await herder.putConnector(name, named(name, config), {
    replace: false,
    ...(initialState && { initialState }),
  })
  return json(info, 201, { location: location(c, name) })
}

async function replace(herder: Herder, c: Context, name: string): Promise<Response> {
  const config = named(name, readConfig(await bodyOf(c)))
  const { created, info } = await herder.putConnector(name, config, { replace: true })
  return created ? json(info, 201, { location: location(c, name) }) : json(info)
}

async function restart(herder: Herder, c: Context, name: string): Promise<Response> {
  const includeTasks = queryBoolean(c, 'includeTasks', false)
  const onlyFailed = queryBoolean(c, 'onlyFailed', false)
  if (includeTasks || onlyFailed) {
    return json(await herder.restartConnectorAndTasks(name, { includeTasks, onlyFailed }), 202)
  }
  await herder.restartConnector(name)
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
  return `${url.protocol}//${c.req.header('host') ?? url.host}/connectors/${encodedPath(name)}`
}

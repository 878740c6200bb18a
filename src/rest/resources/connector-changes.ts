/** Changes of connectors that the leader makes. Java: ConnectorsResource */
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
import { encodedPath } from '../path.ts'
import { queryBoolean } from '../query.ts'
import { nullPatch, readConfig, readCreateRequest, readPatch } from '../requests.ts'
import { bodyOf, whileThere } from '../resource.ts'

/** What a request to create says, by what becomes of it. */
const INITIAL_STATES: Readonly<Record<TargetState, string>> = {
  STARTED: 'RUNNING',
  PAUSED: 'PAUSED',
  STOPPED: 'STOPPED',
}

export async function create(herder: Herder, forwarding: Forwarding, c: Context): Promise<Response> {
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

export async function replace(
  herder: Herder,
  forwarding: Forwarding,
  c: Context,
  name: string,
): Promise<Response> {
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

export async function patch(
  herder: Herder,
  forwarding: Forwarding,
  c: Context,
  name: string,
): Promise<Response> {
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

export function remove(herder: Herder, forwarding: Forwarding, c: Context, name: string): Promise<void> {
  return forwarding.run<void>(c, {
    here: () => herder.deleteConnector(name, whileThere(c)),
    method: 'DELETE',
    read: () => undefined,
    repeatable: true,
    afterAll: async status => (status === 404 ? { result: undefined } : null),
  })
}

export async function restart(
  herder: Herder,
  forwarding: Forwarding,
  c: Context,
  name: string,
): Promise<Response> {
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

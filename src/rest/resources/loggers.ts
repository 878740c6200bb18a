import type { Context } from 'hono'
import { HerderError } from '../../herder/errors.ts'
import type { Herder } from '../../herder/herder.ts'
import { logger } from '../../observe/log.ts'
import {
  isValidLevel,
  type LoggerLevel,
  listLoggers,
  loggerLevel,
  setLoggerLevel,
} from '../../observe/loggers.ts'
import { empty, json } from '../answers.ts'
import { of } from '../openapi/schemas.ts'
import { readLevel } from '../requests.ts'
import { bodyOf, type Resource, whileThere } from '../resource.ts'

const log = logger('org.apache.kafka.connect.runtime.rest.resources.LoggingResource')
const tag = 'Loggers'

/** `/admin/loggers`. Java: LoggingResource, KIP-495 and KIP-976 */
export function loggerResources(herder: Herder): Resource[] {
  const named = (c: Context) => c.req.param('logger') as string
  return [
    {
      path: '/admin/loggers',
      methods: {
        GET: {
          tag,
          summary: 'The loggers that have a level or have been used, and their levels.',
          answers: { 200: of('Loggers') },
          consumes: 'json',
          handler: () =>
            json(Object.fromEntries([...listLoggers()].map(([name, level]) => [name, shown(level)]))),
        },
      },
    },
    {
      path: '/admin/loggers/:logger',
      methods: {
        GET: {
          tag,
          summary: 'The level of a logger.',
          answers: { 200: of('LoggerLevel') },
          consumes: 'json',
          handler: c => {
            const level = loggerLevel(named(c))
            if (!level) throw new HerderError('LOGGER_NOT_FOUND', named(c))
            return json(shown(level))
          },
        },
        PUT: {
          tag,
          summary: 'Sets the level of a logger and of those below it.',
          query: {
            scope: {
              schema: { type: 'string', default: 'worker' },
              description: 'worker, or cluster for every worker of the group.',
            },
          },
          body: of('SetLevel'),
          answers: { 200: of('ConnectorNames'), 204: null },
          consumes: 'json',
          handler: c => setLevel(herder, c, named(c)),
        },
      },
    },
  ]
}

async function setLevel(herder: Herder, c: Context, name: string): Promise<Response> {
  const level = readLevel(await bodyOf(c))
  if (!isValidLevel(level)) throw new HerderError('NO_LOG_LEVEL', level)
  const scope = (c.req.query('scope') || 'worker').toLowerCase()
  if (scope === 'cluster') {
    await herder.setClusterLoggerLevel(name, level.trim().toUpperCase(), whileThere(c))
    return empty(204)
  }
  if (scope !== 'worker')
    log.warn(`Received invalid scope '${scope}' in request to adjust logging level; will default to worker`)
  return json(setLoggerLevel(name, level))
}

function shown({ level, lastModified }: LoggerLevel) {
  return { level, last_modified: lastModified }
}

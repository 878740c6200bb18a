import { Hono } from 'hono'
import { HerderError } from '../herder/errors.ts'
import type { Herder } from '../herder/herder.ts'
import { logger } from '../observe/log.ts'
import { failure, refusal } from './answers.ts'
import { BodyError } from './json-body.ts'
import { mount } from './resource.ts'
import { connectorResources } from './resources/connectors.ts'
import { pluginResources } from './resources/plugins.ts'
import { rootResources } from './resources/root.ts'
import { taskResources } from './resources/tasks.ts'

const log = logger('bunnect.rest')

/** Connect's REST API over a herder. `version` is ours: it travels in a header, never in Connect's bodies. */
export function restApp(herder: Herder, version: string): Hono {
  const app = new Hono({ getPath: request => resourcePath(request.url) })
  app.use('*', async (c, next) => {
    await next()
    c.res.headers.set('x-bunnect-version', version)
  })
  for (const resource of [
    ...rootResources(herder),
    ...connectorResources(herder),
    ...taskResources(herder),
    ...pluginResources(herder),
  ]) {
    mount(app, resource)
  }
  app.notFound(() => refusal(404))
  app.onError((error, c) => {
    if (error instanceof HerderError) return failure(error.status, error.message, error.hint)
    if (error instanceof BodyError) return failure(400, error.message)
    log.error(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`)
    return failure(500, error.message)
  })
  return app
}

/** The path to route by: one trailing slash does not count, matrix parameters (`;a=b`) are cut off. */
function resourcePath(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const end = url.slice(start).search(/[?#]/)
  let path = end < 0 ? url.slice(start) : url.slice(start, start + end)
  if (path.includes(';')) path = path.replace(/;[^/]*/g, '')
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

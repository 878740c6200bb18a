import { Hono } from 'hono'
import { HerderError } from '../herder/errors.ts'
import type { Herder } from '../herder/herder.ts'
import { logger } from '../observe/log.ts'
import { absentHint } from './absent.ts'
import { failure, refusal, withoutBody } from './answers.ts'
import { BodyError } from './json-body.ts'
import { refusedUrl, resourcePath } from './path.ts'
import { mount } from './resource.ts'
import { connectorResources } from './resources/connectors.ts'
import { pluginResources } from './resources/plugins.ts'
import { rootResources } from './resources/root.ts'
import { taskResources } from './resources/tasks.ts'

const log = logger('org.apache.kafka.connect.runtime.rest.errors.ConnectExceptionMapper')

/** Connect's REST API over a herder. `version` is ours: it travels in a header, never in Connect's bodies. */
export function restApp(herder: Herder, version: string): Hono {
  const app = new Hono({ getPath: request => resourcePath(request.url) })
  app.use('*', async (c, next) => {
    const refused = refusedUrl(c.req.url)
    if (refused) c.res = failure(refused.status, refused.message)
    else await next()
    const hint = c.res.status === 404 || c.res.status === 405 ? absentHint(c.req.method, c.req.path) : null
    if (hint !== null) c.res.headers.set('x-bunnect-hint', hint)
    if (c.req.method === 'HEAD') c.res = await withoutBody(c.res)
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
    if (error instanceof HerderError || error instanceof BodyError)
      return failure(error.status, error.message, error.hint)
    log.error(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`)
    return failure(500, error.message)
  })
  return app
}

import { Hono } from 'hono'
import { javaTrace } from '../../data/errors.ts'
import { logger } from '../../observe/log.ts'
import { RegistryError } from '../errors.ts'
import type { SchemaFormats } from '../formats.ts'
import { plainRegistrySettings, Registry, type RegistrySettings } from '../registry.ts'
import type { RegistryStore } from '../store.ts'
import { refusal } from './answers.ts'
import { withoutContextPath } from './contexts.ts'
import { answeredType, isReadable } from './media-types.ts'
import { HTTP_404 } from './parameters.ts'
import { compatibilityRoutes } from './resources/compatibility.ts'
import { schemaRoutes } from './resources/schemas.ts'
import { serverRoutes } from './resources/server.ts'
import { configRoutes, modeRoutes } from './resources/settings.ts'
import { subjectRoutes } from './resources/subjects.ts'
import { versionRoutes } from './resources/versions.ts'

const log = logger('io.confluent.kafka.schemaregistry.rest.SchemaRegistryRestApplication')

const RESOURCES = [
  serverRoutes,
  subjectRoutes,
  versionRoutes,
  schemaRoutes,
  configRoutes,
  modeRoutes,
  compatibilityRoutes,
]

/** The schema registry's REST API over a store. Java: SchemaRegistryRestApplication */
export function registryApp(
  store: RegistryStore,
  formats: SchemaFormats,
  settings: Partial<RegistrySettings> = {},
): Hono {
  const registry = new Registry(store, formats, { ...plainRegistrySettings, ...settings })
  // Paths as they came: a subject may have a slash in it, written %2F.
  const app = new Hono({ getPath: request => new URL(request.url).pathname.replace(/(.)\/+$/, '$1') })
  app.use(async (c, next) => {
    if (answeredType(c.req.header('accept') ?? null) === null)
      return refusal(c, 406, 406, 'HTTP 406 Not Acceptable')
    const hasBody = c.req.method === 'POST' || c.req.method === 'PUT'
    if (hasBody && !isReadable(c.req.header('content-type') ?? null))
      return refusal(c, 415, 415, 'HTTP 415 Unsupported Media Type')
    return next()
  })
  for (const routes of RESOURCES) routes(app, registry)
  const paths = new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path))
  for (const path of paths) app.all(path, c => refusal(c, 405, 405, 'HTTP 405 Method Not Allowed'))
  app.notFound(c => refusal(c, 404, 404, HTTP_404))
  app.onError((error, c) => {
    if (error instanceof RegistryError) {
      if (error.status >= 500)
        log.error(`${c.req.method} ${c.req.path} failed: ${javaTrace(error).trimEnd()}`)
      return refusal(c, error.status, error.code, error.message)
    }
    log.error(`${c.req.method} ${c.req.path} failed: ${javaTrace(error).trimEnd()}`)
    return refusal(c, 500, 500, 'Internal Server Error')
  })
  return inContexts(app)
}

/** The same app, reached by paths of contexts, too. */
function inContexts(app: Hono): Hono {
  const { fetch } = app
  app.fetch = (request, env, context) => {
    const url = new URL(request.url)
    const plain = withoutContextPath(url)
    return fetch(plain === url ? request : new Request(plain.href, request), env, context)
  }
  return app
}

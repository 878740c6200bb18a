import { Hono } from 'hono'
import { ConnectException, javaTrace } from '../data/errors.ts'
import { ElsewhereError, HerderError } from '../herder/errors.ts'
import type { Herder } from '../herder/herder.ts'
import type { OtherWorkers } from '../herder/other-workers.ts'
import { logger } from '../observe/log.ts'
import { absentHint } from './absent.ts'
import { failure, refusal, withoutBody } from './answers.ts'
import { LateBodyError } from './body-room.ts'
import { type Compat, statusOf } from './compat.ts'
import { crossOrigin, type HeaderSource } from './cross-origin.ts'
import { ForwardedError } from './forwarded-error.ts'
import { Forwarding } from './forwarding.ts'
import { FreshReads, STALE_HEADER } from './fresh-reads.ts'
import { BodyError } from './json-body.ts'
import { refusedUrl, resourcePath } from './path.ts'
import { mount, type Resource } from './resource.ts'
import { connectorResources } from './resources/connectors.ts'
import { decommissionResources } from './resources/decommission.ts'
import { internalResources } from './resources/internal.ts'
import { loggerResources } from './resources/loggers.ts'
import { type MetricsPages, metricsResources } from './resources/metrics.ts'
import { documentResource } from './resources/openapi.ts'
import { pluginResources } from './resources/plugins.ts'
import { restartResources } from './resources/restarts.ts'
import { rootResources } from './resources/root.ts'
import { taskResources } from './resources/tasks.ts'
import { topicResources } from './resources/topics.ts'
import { ruledHeaders, withHeaders } from './response-headers.ts'
import { plainSettings, type RestSettings } from './settings.ts'

const log = logger('org.apache.kafka.connect.runtime.rest.RestServer')

export interface RestApp {
  fetch(request: Request): Promise<Response>
  /** What is mounted, `/openapi.json` too. */
  readonly resources: readonly Resource[]
}

export interface RestApps {
  main: RestApp
  /** For `admin.listeners`; null when they are the main ones or none. */
  admin: RestApp | null
}

/**
 * Connect's REST API over a herder. `version` is ours: it travels in a header, never in Connect's bodies. Without
 * `metrics` there are no pages of them, without `others` a worker knows of no other one.
 */
export function restApps(
  herder: Herder,
  version: string,
  settings: RestSettings,
  metrics: MetricsPages | null = null,
  others: OtherWorkers | null = null,
): RestApps {
  const loggers = loggerResources(herder)
  const forwarding = new Forwarding({ herder, others, holdMs: settings.holdMs })
  const ofConnectors = [
    ...connectorResources(herder, forwarding),
    ...taskResources(herder, forwarding),
    ...topicResources(herder, settings),
    ...internalResources(herder, forwarding),
  ]
  const reads = settings.compat === 'strict' ? null : new FreshReads(herder)
  const resources = [
    ...rootResources(herder),
    ...(reads?.of(ofConnectors) ?? ofConnectors),
    ...pluginResources(herder),
    ...restartResources(herder),
    ...decommissionResources(herder),
    ...(metrics === null ? [] : metricsResources(metrics)),
    ...(settings.admin === 'shared' ? loggers : []),
  ]
  const sources = [
    crossOrigin(settings.allowedOrigins, settings.allowedMethods),
    ruledHeaders(settings.responseHeaders),
  ].filter(source => source !== null)
  return {
    main: appOf(
      [...resources, documentResource(resources, version)],
      version,
      settings.compat,
      sources,
      reads,
    ),
    admin: settings.admin === 'own' ? appOf(loggers, version, settings.compat, [], null) : null,
  }
}

/** What is served where `admin.listeners` is not set. */
export function restApp(herder: Herder, version: string, settings: Partial<RestSettings> = {}): RestApp {
  return restApps(herder, version, { ...plainSettings, ...settings }).main
}

function appOf(
  resources: readonly Resource[],
  version: string,
  compat: Compat,
  sources: readonly HeaderSource[],
  reads: FreshReads | null,
): RestApp {
  const app = new Hono({ getPath: request => resourcePath(request.url) })
  for (const resource of resources) mount(app, resource)
  app.notFound(() => refusal(404))
  app.onError((error, c) => {
    if (error instanceof BodyError)
      return failure(statusOf('UNREADABLE_BODY', compat, 400), error.message, error.hint)
    if (error instanceof LateBodyError) {
      const answer = failure(error.status, error.message, error.hint)
      // What has come of the body is held until its connection ends.
      answer.headers.set('connection', 'close')
      return answer
    }
    if (error instanceof HerderError)
      return failure(statusOf(error.code, compat, error.status), error.message, error.hint)
    if (error instanceof ForwardedError) return failure(error.status, error.text, error.hint, error.errorCode)
    // Of what is not passed on.
    if (error instanceof ElsewhereError)
      return failure(409, new HerderError('CONFLICTING_OPERATION').message, `${error.message}.`)
    // A body that never came in whole: nobody waits for an answer either.
    if (c.req.raw.signal.aborted) return failure(400, 'The client has gone')
    const hint = error instanceof ConnectException ? error.hint : undefined
    // Errors that know what to do have named their causes there; of others the stack tells more.
    const told = hint === undefined ? javaTrace(error).trimEnd() : `${error.message}. ${hint}`
    log.error(`${c.req.method} ${c.req.path} failed: ${told}`)
    return failure(500, error.message, hint)
  })
  // Around the router, not a middleware of it: with one handler for a request the router has nothing to compose.
  return {
    resources,
    async fetch(request) {
      const refused = refusedUrl(request.url)
      // Hono would drop the body of a HEAD before its length is known.
      const asked = request.method === 'HEAD' ? new Request(request, { method: 'GET' }) : request
      let response = refused ? failure(refused.status, refused.message) : await app.fetch(asked)
      if (response.status === 404 || response.status === 405) {
        const hint = absentHint(request.method, resourcePath(request.url))
        if (hint !== null) response.headers.set('x-bunnect-hint', hint)
      }
      if (request.method === 'HEAD') response = await withoutBody(response)
      if (!refused) withHeaders(response, request, sources)
      if (reads?.isStale(asked)) response.headers.set(STALE_HEADER, 'true')
      response.headers.set('x-bunnect-version', version)
      return response
    },
  }
}

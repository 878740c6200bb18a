import type { Context, Hono } from 'hono'
import { failure, methodList, refusal, refusalAsJson } from './answers.ts'
import { acceptsJson, checkContentType } from './media-types.ts'

export type Handler = (c: Context) => Response | Promise<Response>
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface Resource {
  path: string
  /** Jersey's `@Consumes(application/json)`: `/` and `/health` do not check the content type. */
  checksContentType: boolean
  methods: Partial<Record<Method, { handler: Handler; usesBody?: boolean }>>
}

/** The order in which Jersey lists methods. */
const OPTIONS_ORDER = ['HEAD', 'POST', 'DELETE', 'GET', 'OPTIONS', 'PUT', 'PATCH']

/** Mounts a path with the JVM's treatment of HEAD, OPTIONS, unknown methods and media types. */
export function mount(app: Hono, resource: Resource): void {
  const allowed = new Set<string>(['OPTIONS', ...Object.keys(resource.methods)])
  if (resource.methods.GET) allowed.add('HEAD')
  const options = OPTIONS_ORDER.filter(method => allowed.has(method))

  app.all(resource.path, async c => {
    const method = c.req.method === 'HEAD' ? 'GET' : c.req.method
    if (method === 'OPTIONS') return methodList(options)
    const target = Object.hasOwn(resource.methods, method) ? resource.methods[method as Method] : undefined
    if (!target) return refusal(405)
    if (resource.checksContentType) {
      switch (checkContentType(c.req.header('content-type'), target.usesBody === true, sentBody(c))) {
        case 'malformed':
          return failure(
            400,
            'Bad Request',
            'The Content-Type header is no media type; use application/json.',
          )
        case 'missing':
          return refusalAsJson(415)
        case 'unsupported':
          return refusal(415)
      }
    }
    if (!acceptsJson(c.req.header('accept'))) return refusal(406)
    return await target.handler(c)
  })
}

/** The bytes of the request's body. */
export async function bodyOf(c: Context): Promise<Buffer> {
  return Buffer.from(await c.req.arrayBuffer())
}

function sentBody(c: Context): boolean {
  const length = c.req.header('content-length')
  return length === undefined ? c.req.raw.body !== null : length !== '0'
}

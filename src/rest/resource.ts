import type { Context, Hono } from 'hono'
import { empty, methodList, refusal } from './answers.ts'
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
    const target = resource.methods[method as Method]
    if (!target) return refusal(405)
    if (resource.checksContentType) {
      const verdict = checkContentType(c.req.header('content-type'), target.usesBody === true, sentBody(c))
      if (verdict === 'malformed') return new Response(null, { status: 400 })
      if (verdict === 'unsupported') return refusal(415)
    }
    if (!acceptsJson(c.req.header('accept'))) return refusal(406)
    const response = await target.handler(c)
    return c.req.method === 'HEAD' ? withoutBody(response) : response
  })
}

function sentBody(c: Context): boolean {
  const length = c.req.header('content-length')
  return length === undefined ? c.req.header('transfer-encoding') !== undefined : length !== '0'
}

async function withoutBody(response: Response): Promise<Response> {
  if (response.status === 204) return empty(204)
  const headers = new Headers(response.headers)
  headers.set('content-length', String((await response.arrayBuffer()).byteLength))
  return new Response(null, { status: response.status, headers })
}

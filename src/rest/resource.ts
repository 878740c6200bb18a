import type { Context, Hono } from 'hono'
import type { RequestOptions } from '../herder/herder.ts'
import { failure, methodList, refusal, refusalAsJson } from './answers.ts'
import { BodyRoom, LARGEST_BODY, readInTime } from './body-room.ts'
import { acceptsJson, checkContentType } from './media-types.ts'
import type { Schema } from './openapi/schemas.ts'

export type Handler = (c: Context) => Response | Promise<Response>
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'

/** What a method of a path does, and all that `/openapi.json` says of it. */
export interface Operation {
  handler: Handler
  tag: string
  summary: string
  query?: Readonly<Record<string, { schema: Schema; description: string }>>
  /** The JSON that it takes; an operation without one ignores what is sent. */
  body?: Schema
  /** By status of success; null where there is no body. */
  answers: Readonly<Record<number, Schema | null>>
  /**
   * Jersey's `@Consumes`: `json` refuses any other content type, whether there is a body or not. `/`, `/health` and
   * what workers ask each other do not look at it.
   */
  consumes: 'json' | 'anything'
  /** The answer says with a header when it may be old. */
  canBeStale?: boolean
  /** A text whatever the client says that it accepts; JSON is refused to clients that do not take it. */
  produces?: 'text'
}

export interface Resource {
  path: string
  methods: Partial<Record<Method, Operation>>
}

/** The order in which Jersey lists methods. */
const OPTIONS_ORDER = ['HEAD', 'POST', 'DELETE', 'GET', 'OPTIONS', 'PUT', 'PATCH']

/** Mounts a path with the JVM's treatment of HEAD, OPTIONS, unknown methods and media types. */
export function mount(app: Hono, resource: Resource): void {
  const allowed = new Set<string>(['OPTIONS', ...Object.keys(resource.methods)])
  if (resource.methods.GET) allowed.add('HEAD')
  const options = OPTIONS_ORDER.filter(method => allowed.has(method))

  app.all(resource.path, c => {
    const { method } = c.req
    if (method === 'OPTIONS') return methodList(options)
    const target = Object.hasOwn(resource.methods, method) ? resource.methods[method as Method] : undefined
    if (!target) return refusal(405)
    if (target.consumes === 'json') {
      switch (checkContentType(c.req.header('content-type'), target.body !== undefined, () => sentBody(c))) {
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
    if (target.produces !== 'text' && !acceptsJson(c.req.header('accept'))) return refusal(406)
    return target.handler(c)
  })
}

/** Nobody waits for others with less, in bytes. */
export const SMALL_BODY = 64 * 1024
/** For two of the largest. */
const room = new BodyRoom(2 * LARGEST_BODY)

/** The bytes of the request's body; large ones wait until there is room for them. Throws LateBodyError. */
export async function bodyOf(c: Context): Promise<Buffer> {
  if (c.req.raw.body === null) return Buffer.alloc(0)
  // Sent in chunks, it may be as large as any.
  const bytes = Math.min(Number(c.req.header('content-length')) || LARGEST_BODY, LARGEST_BODY)
  const read = async () => Buffer.from(await c.req.arrayBuffer())
  return bytes <= SMALL_BODY ? await readInTime(read) : await room.during(bytes, c.req.raw.signal, read)
}

/** Nothing is written any more for a client that has gone. */
export function whileThere(c: Context): RequestOptions {
  return { signal: c.req.raw.signal }
}

function sentBody(c: Context): boolean {
  const length = c.req.header('content-length')
  return length === undefined ? c.req.raw.body !== null : length !== '0'
}

/** Answers as it is told to, and remembers what it was asked. */
import { afterAll } from 'bun:test'
import { freePort } from '../../servers/ports.ts'

export interface Asked {
  method: string
  /** Path and query as they were sent. */
  path: string
  headers: Headers
  body: Record<string, unknown> | null
  text: string
}

export type Answer = (asked: Asked) => Response | Promise<Response>

export interface ScriptedRegistry {
  readonly url: string
  readonly port: number
  readonly asked: Asked[]
  /** `POST /subjects/t-value/versions` and the like, in the order in which they came. */
  paths(): string[]
  /** What it answers from now on; the first that fits. */
  on(method: string, path: RegExp, answer: Answer): void
  stop(): Promise<void>
}

export async function scriptedRegistry(
  options: { port?: number; tls?: Bun.TLSOptions } = {},
): Promise<ScriptedRegistry> {
  const port = options.port ?? (await freePort())
  const asked: Asked[] = []
  const answers: { method: string; path: RegExp; answer: Answer }[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port,
    ...(options.tls && { tls: options.tls }),
    async fetch(request) {
      const path = request.url.replace(/^https?:\/\/[^/]*/, '')
      const text = await request.text()
      const question = {
        method: request.method,
        path,
        headers: request.headers,
        body: text.startsWith('{') ? JSON.parse(text) : null,
        text,
      }
      asked.push(question)
      const fitting = answers.find(each => each.method === request.method && each.path.test(path))
      return fitting === undefined ? failure(404, 404, 'HTTP 404 Not Found') : fitting.answer(question)
    },
  })
  const registry: ScriptedRegistry = {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    asked,
    paths: () => asked.map(({ method, path }) => `${method} ${path}`),
    on: (method, path, answer) => answers.unshift({ method, path, answer }),
    stop: () => server.stop(true),
  }
  afterAll(() => registry.stop())
  return registry
}

const TYPE = 'application/vnd.schemaregistry.v1+json'

export function ok(body: unknown): Response {
  return new Response(JSON.stringify(body), { headers: { 'Content-Type': TYPE } })
}

/** As registries refuse. */
export function failure(status: number, code: number, message: string): Response {
  const body = JSON.stringify({ error_code: code, message })
  return new Response(body, { status, headers: { 'Content-Type': TYPE } })
}

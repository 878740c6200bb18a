/** What the JVM's REST layer puts on the wire; shapes from Kafka Connect 4.3's Jersey and Jackson set-up. */
import { masked } from '../observe/secrets.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(jacksonText(body), { status, headers: { ...JSON_TYPE, ...headers } })
}

/** Jackson escapes what is no character of the basic plane, and writes its escapes in capitals. */
function jacksonText(body: unknown): string {
  const text = JSON.stringify(body)
  if (!/[\ud800-\udfff]|\\u/.test(text)) return text
  return text
    .replace(/\\(?:u[0-9a-f]{4}|.)/g, found => (found[1] === 'u' ? `\\u${upper(found.slice(2))}` : found))
    .replace(/[\ud800-\udfff]/g, half => `\\u${upper(half.charCodeAt(0).toString(16))}`)
}

const upper = (hex: string) => hex.toUpperCase()

/** 204 for void endpoints, 202 for pause, resume and topics/reset: no body, no content type. */
export function empty(status: 202 | 204): Response {
  return new Response(null, { status })
}

/**
 * The two-field error body, no secret in it (invariant 5). JVM workers parse it strictly: never add a field; hints
 * travel in a header.
 */
export function failure(
  status: number,
  message: string | null,
  hint?: string,
  errorCode: number = status,
): Response {
  return json({ error_code: errorCode, message: message && masked(message) }, status, hinted(hint))
}

/** The header in which what to do travels beside Connect's body. */
export function hinted(hint: string | undefined): Record<string, string> {
  return hint ? { 'x-bunnect-hint': headerText(masked(hint)) } : {}
}

const REFUSALS = {
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  415: 'Unsupported Media Type',
} as const
type RefusalStatus = keyof typeof REFUSALS

/** Refusals that Jersey makes before a resource is reached carry the error body without a content type. */
export function refusal(status: RefusalStatus): Response {
  const body = new TextEncoder().encode(JSON.stringify({ error_code: status, message: refusalText(status) }))
  // Of all bodies only a stream of our own keeps Bun from inventing a content type.
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(body)
      controller.close()
    },
  })
  return new Response(stream, { status, headers: { 'content-length': String(body.length) } })
}

/** The same refusal where Jersey makes it inside a resource: with a content type. */
export function refusalAsJson(status: RefusalStatus): Response {
  return failure(status, refusalText(status))
}

function refusalText(status: RefusalStatus): string {
  return `HTTP ${status} ${REFUSALS[status]}`
}

export function methodList(methods: readonly string[]): Response {
  return new Response(methods.join(', '), {
    headers: { allow: methods.join(','), 'content-type': 'text/plain' },
  })
}

/** What HEAD gets: the answer to GET with its headers and its length, without its body. */
export async function withoutBody(response: Response): Promise<Response> {
  const { status } = response
  const headers = new Headers(response.headers)
  const length = (await response.arrayBuffer()).byteLength
  if (status !== 204) headers.set('content-length', String(length))
  return new Response(null, { status, headers })
}

/** Header values are one line of ASCII. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ')
}

/** What the JVM's REST layer puts on the wire; shapes from Kafka Connect 4.3's Jersey and Jackson set-up. */

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** 204 for void endpoints, 202 for pause, resume and topics/reset: no body, no content type. */
export function empty(status: 202 | 204): Response {
  return new Response(null, { status })
}

/** The two-field error body. JVM workers parse it strictly: never add a field; hints travel in a header. */
export function failure(status: number, message: string | null, hint?: string): Response {
  return json({ error_code: status, message }, status, hint ? { 'x-bunnect-hint': headerText(hint) } : {})
}

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  415: 'Unsupported Media Type',
}

/**
 * Refusals that Jersey makes before a resource is reached carry the error body without a content type. Only a
 * stream keeps Bun from inventing one.
 */
export function refusal(status: 404 | 405 | 406 | 415): Response {
  const body = JSON.stringify({ error_code: status, message: `HTTP ${status} ${REASONS[status]}` })
  return new Response(new Blob([body]).stream(), {
    status,
    headers: { 'content-length': String(body.length) },
  })
}

export function methodList(methods: readonly string[]): Response {
  return new Response(methods.join(', '), {
    headers: { allow: methods.join(','), 'content-type': 'text/plain' },
  })
}

/** Header values are Latin-1 on one line. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ')
}

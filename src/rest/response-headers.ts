import type { HeaderRule } from '../config/worker/header-rules.ts'
import type { HeaderSource } from './cross-origin.ts'

/** `response.http.headers.config`. Java: Jetty's HeaderFilter */
export function ruledHeaders(rules: readonly HeaderRule[]): HeaderSource | null {
  if (rules.length === 0) return null
  return (_request, headers) => {
    for (const { action, name, value } of rules) {
      const text = action.endsWith('Date') ? new Date(Date.now() + Number(value)).toUTCString() : value
      if (action.startsWith('add')) headers.append(name, text)
      else headers.set(name, text)
    }
  }
}

/** Puts the headers of all sources in front of those that an answer has: one that it has itself stays alone. */
export function withHeaders(response: Response, request: Request, sources: readonly HeaderSource[]): void {
  if (sources.length === 0) return
  const headers = new Headers()
  for (const source of sources) source(request, headers)
  for (const [name, value] of headers) if (!response.headers.has(name)) response.headers.set(name, value)
}

import { JavaRegexError, javaRegex } from '../config/java-regex.ts'
import { ConfigException } from '../data/errors.ts'

/** Adds to the headers of an answer what a request's origin asks for. */
export type HeaderSource = (request: Request, headers: Headers) => void

const MAX_AGE_S = 60
/** Of Jetty, where `access.control.allow.methods` is empty. */
const DEFAULT_METHODS = ['GET', 'POST', 'HEAD']

/**
 * CORS by `access.control.allow.origin` (patterns, comma separated) and `access.control.allow.methods`; null when
 * there is none. A foreign origin and a preflight are served like any request, only what allows the browser to read
 * the answer is missing. Throws ConfigException for a pattern that is none. Java: Jetty's CrossOriginHandler
 */
export function crossOrigin(origins: string, methods: string): HeaderSource | null {
  const patterns = listed(origins)
  if (patterns.length === 0) return null
  const any = patterns.includes('*')
  const allowed = any ? [] : patterns.map(originPattern)
  const allowedMethods = (listed(methods).length > 0 ? listed(methods) : DEFAULT_METHODS).join(',')
  return (request, headers) => {
    headers.append('vary', 'Origin')
    const origin = request.headers.get('origin')
    if (!origin) return
    if (!any && !origin.split(' ').some(one => allowed.some(pattern => pattern.test(one)))) return
    headers.set('access-control-allow-origin', origin)
    if (request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method')) return
    headers.set('access-control-allow-methods', allowedMethods)
    headers.set('access-control-allow-headers', 'Content-Type')
    headers.set('access-control-max-age', String(MAX_AGE_S))
  }
}

function originPattern(pattern: string): RegExp {
  try {
    return javaRegex(`(?i)${pattern}`, { whole: true })
  } catch (error) {
    if (!(error instanceof JavaRegexError)) throw error
    throw new ConfigException(
      `Invalid value ${pattern} for configuration access.control.allow.origin: ${error.message}`,
      { cause: error, hint: 'An origin is a regular expression; * alone allows all.' },
    )
  }
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map(one => one.trim())
    .filter(one => one !== '')
}

/** Request paths as Jetty and Jersey take them. */

/** Jetty's bound on the request line; method and protocol are left out of account. */
const LONGEST_PATH = 8192

/** The path to route by, still encoded: one trailing slash does not count, matrix parameters (`;a=b`) are cut off. */
export function resourcePath(url: string): string {
  let path = rawPath(url)
  if (path.includes(';')) path = path.replace(/;[^/]*/g, '')
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/**
 * Why a URL is refused before any resource sees it, in Jetty's words, or null. An encoded slash, percent sign or
 * backslash is let through: without them connectors with such names could be created and never be reached.
 */
export function refusedUrl(url: string): { status: 400 | 414; message: string } | null {
  const path = rawPath(url)
  if (path.length > LONGEST_PATH) return { status: 414, message: 'URI Too Long' }
  const refuse = (message: string) => ({ status: 400 as const, message })
  if (path.includes('//')) return refuse('Ambiguous URI empty segment')
  if (!path.includes('%')) return null
  if (/%(?![0-9a-f]{2})/i.test(path)) return refuse('Bad Request')
  if (/%(?:[01][0-9a-f]|7f)/i.test(path)) return refuse('Suspicious Path Character')
  try {
    decodeURIComponent(path)
    return null
  } catch {
    return refuse('Bad UTF-8 encoding')
  }
}

/** `name` as a part of a path: sub-delimiters, `/` and existing escapes stay as they are. Java: UriBuilder.path */
export function encodedPath(name: string): string {
  return name
    .toWellFormed()
    .split(/(%[0-9A-Fa-f]{2}|[?#])/)
    .map((part, i) => (i % 2 === 0 ? encodeURI(part) : part.length === 1 ? encodeURIComponent(part) : part))
    .join('')
}

function rawPath(url: string): string {
  const rest = url.slice(url.indexOf('/', url.indexOf('://') + 3))
  const end = rest.search(/[?#]/)
  return end < 0 ? rest : rest.slice(0, end)
}

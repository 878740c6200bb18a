/**
 * Jersey's media type checks. A Content-Type that is present must be JSON on every request of a resource that
 * declares it, also on GET; an absent one is refused only where a body is used and one was sent.
 */
export type ContentTypeVerdict = 'ok' | 'missing' | 'unsupported' | 'malformed'

export function checkContentType(
  header: string | undefined,
  bodyUsed: boolean,
  bodySent: () => boolean,
): ContentTypeVerdict {
  if (header === undefined) return bodyUsed && bodySent() ? 'missing' : 'ok'
  const type = header.split(';', 1)[0]!.trim()
  if (!/^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/.test(type)) return 'malformed'
  return type.toLowerCase() === 'application/json' ? 'ok' : 'unsupported'
}

/** True if the client takes JSON; q values are not honoured, as in the JVM. */
export function acceptsJson(header: string | undefined): boolean {
  if (header === undefined || header.trim() === '') return true
  return header.split(',').some(range => {
    const type = range.split(';', 1)[0]!.trim().toLowerCase()
    return type === '*/*' || type === '*' || type === 'application/*' || type === 'application/json'
  })
}

import { contextPrefix, DEFAULT_CONTEXT } from '../subject.ts'

/**
 * `/contexts/.name/…` is the path behind it for subjects of that context: how a client whose registry is to be a
 * context gets one without saying so in every name. Java: io.confluent.kafka.schemaregistry.rest.filters.ContextFilter
 */
export function withoutContextPath(url: URL): URL {
  const match = /^\/contexts\/([^/]+)(\/.*)$/.exec(url.pathname)
  if (match === null) return url
  const context = contextName(decoded(match[1]!))
  const prefix = contextPrefix(context)
  const changed = new URL(url)
  changed.pathname = withSubject(match[2]!, prefix)
  if (/^\/(?:schemas\/ids|schemas\/guids)\//.test(changed.pathname)) {
    const subject = url.searchParams.get('subject') ?? ''
    changed.searchParams.set('subject', isQualified(subject) ? subject : prefix + subject)
  }
  if (/^\/(?:subjects|schemas)\/?$/.test(changed.pathname)) {
    const wanted = url.searchParams.get('subjectPrefix') ?? ''
    changed.searchParams.set('subjectPrefix', isQualified(wanted) ? wanted : prefix + wanted)
  }
  return changed
}

function contextName(text: string): string {
  const bare = text.replace(/^:|:$/g, '')
  if (bare === '' || bare === DEFAULT_CONTEXT) return DEFAULT_CONTEXT
  return bare.startsWith('.') ? bare : `.${bare}`
}

/** Settings without a subject become those of the context. */
function withSubject(path: string, prefix: string): string {
  const settings = /^\/(config|mode)\/?$/.exec(path)
  if (settings) return prefix === '' ? path : `/${settings[1]}/${encodeURIComponent(prefix)}`
  return path.replace(
    /^(\/compatibility\/subjects\/|\/subjects\/|\/config\/|\/mode\/)([^/]+)/,
    (_, start, name) => {
      const subject = decoded(name)
      return start + encodeURIComponent(isQualified(subject) ? subject : prefix + subject)
    },
  )
}

function isQualified(subject: string): boolean {
  return subject.startsWith(':.') || subject.startsWith(':*:')
}

/** What is no escape stands for itself, as in the paths without a context. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

import { ConnectException } from '#bunnect'

export interface Host {
  readonly host: string
  readonly port: number
}

/** `jdbc:<database>:[<mode>:]//<hosts>/<database name>?<parameters>` in its parts. */
export interface ServerUrl {
  /** What stands between the database and the hosts: `loadbalance`, `replication`; null without. */
  readonly mode: string | null
  readonly hosts: readonly Host[]
  /** Empty when there is none. */
  readonly database: string
  readonly parameters: Readonly<Record<string, string>>
  /** Without parameters, for people: nothing in it is secret. */
  readonly shown: string
}

const FORM = /^jdbc:[a-z0-9]+:(?:([a-z]+):)?(?:\/\/([^/?]*))?\/?([^?]*)(?:\?([\s\S]*))?$/i

/** @throws ConnectException, without the URL's parameters: they may hold a password */
export function serverUrl(url: string, defaultPort: number): ServerUrl {
  const [, mode = null, authority = '', name = '', query = ''] =
    FORM.exec(url.trim()) ?? bad(url, 'it has the form jdbc:<database>://<host>:<port>/<name>?<key>=<value>')
  if (authority.includes('@') || name.includes('@')) {
    bad(
      url,
      'a user and a password belong into connection.user and connection.password, and an @ of a name is written %40',
    )
  }
  const hosts = authority.split(',').map(text => hostOf(text.trim(), defaultPort, url))
  return {
    mode,
    hosts,
    database: decoded(name, url),
    parameters: parametersOf(query, url),
    shown: withoutSecrets(url),
  }
}

/** What stands after hosts and a plain name may hold a password, and so may everything where there is an @ or a (. */
const HARMLESS = /^jdbc:[a-z0-9]+:(?:[a-z]+:)?(?:\/\/[\w.,:[\]-]*(?:\/[\w.%-]*)?)?/i
const DATABASE_ONLY = /^jdbc:[a-z0-9]+:/i

/** What of a URL is for people: nothing in it is secret. */
export function withoutSecrets(url: string): string {
  const text = url.trim()
  const shown = ((mayHideSecrets(text) ? DATABASE_ONLY : HARMLESS).exec(text) ?? [''])[0]
  return shown.length < text.length ? `${shown}…` : shown
}

/** Of `me:secret@host` any part may look like a host, and `address=(…)` has parameters within. */
function mayHideSecrets(url: string): boolean {
  return /[@(]/.test(url)
}

function bad(url: string, why: string): never {
  throw new ConnectException(`connection.url ${withoutSecrets(url)} is no JDBC URL that can be used: ${why}`)
}

function hostOf(text: string, defaultPort: number, url: string): Host {
  if (text === '') return { host: 'localhost', port: defaultPort }
  const shown = mayHideSecrets(url) ? 'what stands where hosts do' : text
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:()]+))(?::(\d+))?$/.exec(text) ??
    bad(url, `${shown} is no <host>:<port>, several of which stand with commas between them`)
  const number = port === undefined ? defaultPort : Number(port)
  if (number < 1 || number > 65535) bad(url, `the port of ${shown} is none`)
  return { host: (bracketed ?? plain)!, port: number }
}

function parametersOf(query: string, url: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    found[decoded(name, url)] = equals < 0 ? '' : decoded(pair.slice(equals + 1), url)
  }
  return found
}

function decoded(text: string, url: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'))
  } catch {
    return bad(url, 'a % in it is not followed by two hex digits')
  }
}

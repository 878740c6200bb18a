import { ConnectException } from '#bunnect'
import type { Host } from './server-url.ts'

/** What a JDBC URL of Oracle names: servers, or a text for Oracle's own net layer. */
export type OracleTarget =
  | {
      readonly kind: 'servers'
      readonly encrypted: boolean
      readonly hosts: readonly Host[]
      /** Of a URL without one: empty, which is the listener's default service. */
      readonly name: string
      readonly named: 'service' | 'sid'
      /** `dedicated`, `shared`, `pooled` */
      readonly mode: string | null
      readonly instance: string | null
    }
  | { readonly kind: 'descriptor'; readonly text: string }
  | { readonly kind: 'alias'; readonly name: string }

export interface OracleUrl {
  readonly user: string | null
  readonly password: string | null
  readonly target: OracleTarget
  readonly parameters: Readonly<Record<string, string>>
  /** For people: nothing in it is secret. */
  readonly shown: string
}

/** Quotes hide what an @ or a slash would end. */
const FORM = /^jdbc:oracle:(\w+):(?:("[^"]*"|[^/"@(]*)(?:\/("[^"]*"|[^"@]*))?)?@([\s\S]*)$/i

const SERVERS =
  /^(?:(?:(\w+):)?\/\/)?([^/:()[\]]*(?:\[[^\]]*\][^/:()[\]]*)*(?::\d+(?:,[^/:()]+(?::\d+)?)*)?)(?:\/([^/:]*)(?::(\w+))?(?:\/(\w+))?|:([^/:]+))?$/

/**
 * `jdbc:oracle:thin:[user/password]@` and then `//host:port/service`, `host:port:SID`, `tcps://host:port/service`,
 * `(DESCRIPTION=…)` or a name of tnsnames.ora, with `?key=value&…` or without. Java: oracle.jdbc.driver.OracleDriver
 * @throws ConnectException, without what may be a password
 */
export function oracleUrl(url: string): OracleUrl {
  const match = FORM.exec(url.trim())
  if (match === null) {
    refuse('jdbc:oracle:…', 'it has the form jdbc:oracle:thin:@//<host>:<port>/<service>?<key>=<value>')
  }
  const [, driver = '', user = '', password, rest = ''] = match
  const end = endOfTarget(rest)
  const text = rest.slice(0, end).trim()
  if (driver.toLowerCase() !== 'thin') {
    refuse(`jdbc:oracle:${driver}:…`, `there is no ${driver} driver here: write jdbc:oracle:thin:@ instead`)
  }
  // No user's name has a colon: what stands behind it is a password.
  if (/:/.test(user) && !user.startsWith('"')) refuse('jdbc:oracle:thin:…', CREDENTIALS)
  const target = targetOf(text)
  return {
    user: user === '' ? null : unquoted(user),
    password: password === undefined ? null : unquoted(password),
    target,
    parameters: parametersOf(rest.slice(end + 1)),
    shown: shownOf(target),
  }
}

/** Where parameters begin: with a question mark that stands in no brackets. */
function endOfTarget(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')') depth--
    else if (text[at] === '?' && depth === 0) return at
  }
  return text.length
}

function targetOf(text: string): OracleTarget {
  if (text.startsWith('(')) return { kind: 'descriptor', text }
  if (/^ldaps?:/i.test(text)) {
    refuse('jdbc:oracle:thin:@ldap:…', 'names cannot be looked up in a directory here: name host and service')
  }
  // What stands before an @ may be a part of a password.
  if (text === '' || text.includes('@')) refuse('jdbc:oracle:thin:…', CREDENTIALS)
  if (/^[\w.$-]+$/.test(text)) return { kind: 'alias', name: text }
  const match = SERVERS.exec(text)
  const shown = `jdbc:oracle:thin:@${text}`
  if (match === null) refuse(shown, FORMS)
  const [, protocol = 'tcp', authority = '', service, mode = null, instance = null, sid] = match
  if (!/^tcps?$/i.test(protocol)) refuse(shown, `its protocol ${protocol} is none of tcp, tcps`)
  return {
    kind: 'servers',
    encrypted: protocol.toLowerCase() === 'tcps',
    hosts: hostsOf(authority, shown),
    name: sid ?? service ?? '',
    named: sid === undefined ? 'service' : 'sid',
    mode,
    instance,
  }
}

const CREDENTIALS = 'a user and a password belong into connection.user and connection.password'
const FORMS =
  'after the @ stands //<host>:<port>/<service>, <host>:<port>:<SID>, (DESCRIPTION=…) or a name of tnsnames.ora'

/** `a,b:1522`: a port holds for the hosts before it that have none of their own, as Oracle reads it. */
function hostsOf(authority: string, shown: string): Host[] {
  const hosts: Host[] = []
  let port = 1521
  for (const text of authority.split(',').reverse()) {
    const match = /^(?:\[([^\]]+)\]|([\w.-]+))(?::(\d+))?$/.exec(text.trim())
    if (match === null) refuse(shown, FORMS)
    const [, bracketed, plain, own] = match
    if (own !== undefined) port = Number(own)
    if (port < 1 || port > 65535) refuse(shown, `the port ${port} is none`)
    hosts.unshift({ host: (bracketed ?? plain)!, port })
  }
  return hosts
}

function shownOf(target: OracleTarget): string {
  switch (target.kind) {
    case 'alias':
      return target.name
    case 'descriptor': {
      const value = (key: string) =>
        new RegExp(`\\(\\s*${key}\\s*=\\s*([\\w.$:-]+)\\s*\\)`, 'i').exec(target.text)?.[1]
      const name = value('SERVICE_NAME') ?? value('SID') ?? '…'
      return `${value('HOST') ?? '…'}:${value('PORT') ?? '1521'}/${name}`
    }
    case 'servers': {
      const hosts = target.hosts.map(({ host, port }) => `${host}:${port}`).join(',')
      return `${hosts}${target.named === 'sid' ? ':' : '/'}${target.name}`
    }
  }
}

/** Values may stand in quotes, in which an & is one. */
function parametersOf(query: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, key = '', quoted, plain = ''] of query.matchAll(/([^=&\s]+)(?:=(?:"([^"]*)"|([^&]*)))?/g)) {
    found[key] = quoted ?? plain.trim()
  }
  return found
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text
}

function refuse(shown: string, why: string): never {
  throw new ConnectException(`connection.url ${shown} is no JDBC URL that can be used: ${why}`)
}

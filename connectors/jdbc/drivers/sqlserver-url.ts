import { ConnectException } from '#bunnect'
import { withoutSecrets } from './server-url.ts'

/** `jdbc:sqlserver://host\instance:1433;databaseName=shop;encrypt=true` in its parts. */
export interface SqlServerUrl {
  /** Empty when a property names it. */
  readonly host: string
  readonly instance: string | null
  readonly port: string | null
  readonly properties: Readonly<Record<string, string>>
}

const FORM = /^jdbc:(?:microsoft:)?sqlserver:\/\/([^;]*)(?:;([\s\S]*))?$/i
const SERVER = /^(?:\[([^\]]+)\]|([^\\:[\]]*))(?:\\([^\\:]+))?(?::(\d+))?$/

/** @throws ConnectException, without the URL's properties: they may hold a password */
export function sqlServerUrl(url: string): SqlServerUrl {
  const [, server = '', rest = ''] =
    FORM.exec(url.trim()) ?? bad(url, 'it has the form jdbc:sqlserver://<host>:<port>;<property>=<value>')
  const [, bracketed, plain, instance = null, port = null] =
    SERVER.exec(server.trim()) ??
    bad(url, 'what stands before the first ; is no <host>, <host>:<port> or <host>\\<instance>')
  return { host: bracketed ?? plain ?? '', instance, port, properties: propertiesOf(rest, url) }
}

/** `a=b;c={d;}}e}`: in braces a value may hold what would end it, a closing one doubled. */
function propertiesOf(text: string, url: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (let at = 0; at < text.length; ) {
    const equals = text.indexOf('=', at)
    const semicolon = text.indexOf(';', at)
    if (equals < 0 || (semicolon >= 0 && semicolon < equals)) {
      const name = text.slice(at, semicolon < 0 ? text.length : semicolon).trim()
      if (name !== '')
        bad(url, 'one of its properties has no value: a ; within a value needs {braces} about it')
      at = semicolon < 0 ? text.length : semicolon + 1
      continue
    }
    const name = text.slice(at, equals).trim()
    const { value, end } = valueAt(text, equals + 1, url)
    found[name] = value
    at = end
  }
  return found
}

function valueAt(text: string, start: number, url: string): { value: string; end: number } {
  let at = start
  while (text[at] === ' ') at++
  if (text[at] !== '{') {
    const semicolon = text.indexOf(';', at)
    const end = semicolon < 0 ? text.length : semicolon
    return { value: text.slice(at, end).trim(), end: end + 1 }
  }
  let value = ''
  for (at++; at < text.length; at++) {
    if (text[at] !== '}') value += text[at]
    else if (text[at + 1] === '}') value += text[at++]
    else break
  }
  const [, after] = /^}\s*(;|$)/.exec(text.slice(at)) ?? bad(url, 'a value in {braces} does not end')
  return { value, end: after === '' ? text.length : text.indexOf(';', at) + 1 }
}

function bad(url: string, why: string): never {
  throw new ConnectException(`connection.url ${withoutSecrets(url)} is no JDBC URL that can be used: ${why}`)
}

/**
 * `response.http.headers.config`: rules `[action] [header name]:[header value]`, comma separated, each in
 * double quotes if it holds a comma. Java: RestServerConfig.ResponseHttpHeadersValidator, Jetty's HeaderFilter
 */
import type { Validator } from '../keys.ts'
import { ifGiven } from '../validators.ts'

const ACTIONS = ['set', 'add', 'setDate', 'addDate'] as const

export interface HeaderRule {
  action: (typeof ACTIONS)[number]
  name: string
  /** For dates the distance from now in ms. */
  value: string
}

/** The rules of a text that is valid. Java: Jetty's HeaderFilter.parseHeaderConfig */
export function headerRuleList(text: string): HeaderRule[] {
  return splitRules(text).map(rule => {
    const [word, rest = ''] = splitOnce(rule)
    const [name = '', value = ''] = rest.split(':')
    const action = ACTIONS.find(one => one.toLowerCase() === word.toLowerCase())!
    return { action, name: name.trim(), value: value.trim() }
  })
}

export const headerRules: Validator<string> = ifGiven(text => {
  for (const rule of splitRules(text)) {
    const found = complaintAbout(rule)
    if (found !== null) return { sentence: found }
  }
  return null
})

/** At commas outside of double quotes; the quotes go. Java: Jetty's StringUtil.csvSplit */
function splitRules(text: string): string[] {
  const rules: string[] = []
  let current = ''
  let quoted = false
  for (const char of text) {
    if (char === '"') quoted = !quoted
    else if (char === ',' && !quoted) {
      rules.push(current.trim())
      current = ''
    } else current += char
  }
  if (current.trim() !== '') rules.push(current.trim())
  return rules
}

/** Java's complaint about a rule, or null. */
function complaintAbout(rule: string): string | null {
  const [word, rest] = splitOnce(rule)
  if (rest === undefined) {
    return `Invalid format of header config '${rule}'. Expected: '[action] [header name]:[header value]'`
  }
  if (!ACTIONS.some(action => action.toLowerCase() === word.toLowerCase())) {
    return `Invalid header config action: '${word.toLowerCase()}'. Expected one of [${ACTIONS.join(', ')}]`
  }
  const parts = rest.split(':')
  if (parts.length !== 2 || parts[1] === '') {
    return `Invalid format of header name and header value pair '${rest}'. Expected: '[header name]:[header value]'`
  }
  const name = parts[0]!.trim()
  if (name === '' || /\s/.test(name)) {
    return `Invalid header name '${name}'. The '[header name]' cannot contain whitespace`
  }
  return null
}

function splitOnce(text: string): [string, string?] {
  const at = text.search(/\s/)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at).trimStart()]
}

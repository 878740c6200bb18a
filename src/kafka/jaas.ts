/**
 * `sasl.jaas.config`: one login module, a control flag, options, a semicolon.
 * Java: org.apache.kafka.common.security.JaasConfig
 */
import { ConfigException } from '../data/errors.ts'

export interface JaasEntry {
  module: string
  options: Readonly<Record<string, string>>
}

const FLAGS = ['required', 'requisite', 'sufficient', 'optional']

/** Throws ConfigException with Java's texts, and never with the value itself (it holds secrets: invariant 5). */
export function parseJaas(text: string): JaasEntry {
  const tokens = jaasTokens(text)
  let at = 0
  const module = tokens[at++]?.text
  if (module === undefined) throw new ConfigException('Login module not specified in JAAS config')
  const flag = tokens[at++]?.text
  if (flag === undefined || flag === ';') {
    throw new ConfigException('Login module control flag not specified in JAAS config')
  }
  if (!FLAGS.includes(flag.toLowerCase())) {
    throw new ConfigException('Invalid login module control flag in JAAS config', {
      hint: `After the module's name comes one of ${FLAGS.join(', ')}.`,
    })
  }
  const options: Record<string, string> = {}
  while (at < tokens.length && tokens[at]!.text !== ';') {
    const key = tokens[at++]!.text
    if (tokens[at]?.text !== '=' || tokens[at + 1] === undefined) {
      throw new ConfigException(`Value not specified for key '${key}' in JAAS config`)
    }
    options[key] = tokens[at + 1]!.text
    at += 2
  }
  if (tokens[at]?.text !== ';') {
    throw new ConfigException('JAAS config entry not terminated by semi-colon', {
      hint: 'The value of sasl.jaas.config ends in ;',
    })
  }
  if (at + 1 < tokens.length) {
    throw new ConfigException('JAAS config property contains more than one login module')
  }
  return { module, options }
}

interface Token {
  text: string
  /** null: a word or a quoted text. */
  sign: string | null
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', b: '\b' }

/** Words, quoted texts (either quote, backslash escapes), and the signs `=`, `;` and `more`. Comments go. */
export function jaasTokens(text: string, more = ''): Token[] {
  const signs = `=;${more}`
  const pattern = new RegExp(
    String.raw`\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|([${signs}])|((?:\$\{[^}]*\}|[^\s${signs}"'])+)`,
    'gy',
  )
  const tokens: Token[] = []
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (!match) throw new ConfigException('Unterminated quote in JAAS config')
    const quoted = match[1] ?? match[2]
    if (quoted !== undefined) {
      const plain = quoted.replace(/\\([\s\S])/g, (_, char: string) => ESCAPES[char] ?? char)
      tokens.push({ text: plain, sign: null })
    } else if (match[3] !== undefined) tokens.push({ text: match[3], sign: match[3] })
    else if (match[4] !== undefined) tokens.push({ text: match[4], sign: null })
  }
  return tokens
}

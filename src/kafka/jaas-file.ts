import { ConfigException } from '../data/errors.ts'
import { type JaasEntry, jaasTokens, parseJaas } from './jaas.ts'

/**
 * The one login module of a context in a JAAS file, as the value that `sasl.jaas.config` would have; null if there is
 * no such context. `${name}` is a system property. Throws ConfigException, never with a value of the file (invariant
 * 5). Java: sun.security.provider.ConfigFile, org.apache.kafka.common.security.JaasContext
 */
export function loginModuleOf(
  context: string,
  text: string,
  system: Readonly<Record<string, string>>,
): string | null {
  const tokens = jaasTokens(text, '{}')
  for (let at = 0; at < tokens.length; ) {
    const name = tokens[at]!
    const end = tokens.findIndex((token, i) => i > at && token.sign === '}')
    if (tokens[at + 1]?.sign !== '{' || end < 0)
      throw new ConfigException(`a JAAS file is made of contexts such as ${context} { … };`)
    if (name.text === context)
      return entry(
        tokens
          .slice(at + 2, end)
          .map(written(system))
          .join(' '),
      )
    at = tokens[end + 1]?.sign === ';' ? end + 2 : end + 1
  }
  return null
}

/** Checked now, so that what is wrong with the file is told as that. */
function entry(text: string): string {
  const { module, options }: JaasEntry = parseJaas(text)
  const all = Object.entries(options).map(([key, value]) => ` ${key}=${quoted(value)}`)
  return `${module} required${all.join('')};`
}

function written(system: Readonly<Record<string, string>>) {
  return ({ text, sign }: ReturnType<typeof jaasTokens>[number]) => {
    if (sign !== null) return sign
    const expanded = text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
      const value = name === '/' ? '/' : system[name]
      if (value === undefined)
        throw new ConfigException(`${whole} in the JAAS file is no system property of KAFKA_OPTS`)
      return value
    })
    return /^[^\s=;"'{}\\]+$/.test(expanded) ? expanded : quoted(expanded)
  }
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`
}

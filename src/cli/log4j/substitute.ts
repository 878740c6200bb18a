/** Where the names in `${…}` are looked up. */
export interface Lookups {
  /** Java's system properties: what -D sets, and kafka.logs.dir. */
  system: Readonly<Record<string, string>>
  env: Readonly<Record<string, string | undefined>>
  /** The file's own properties. */
  own: Readonly<Record<string, string | undefined>>
}

const DEEPEST = 10
/** In one value: properties that name each other several times grow without end (invariant 7). */
const MOST_NAMES = 100

/**
 * The text with `${name}`, `${sys:name}`, `${env:NAME}` and `${…:-default}` replaced; what nobody knows stays. Throws
 * Error where the names lead to too many others.
 * Java: org.apache.logging.log4j.core.lookup.StrSubstitutor, org.apache.log4j.helpers.OptionConverter
 */
export function substitute(text: string, lookups: Lookups): string {
  let names = 0
  const replaced = (part: string, depth: number): string => {
    if (depth > DEEPEST || !part.includes('${')) return part
    return part.replace(/\$\$?\{((?:[^{}]|\$\{[^{}]*\})*)\}/g, (whole, inside: string) => {
      if (++names > MOST_NAMES)
        throw new Error(`${text.slice(0, 100)} stands for more than ${MOST_NAMES} other values`)
      const [name = '', ...rest] = inside.split(':-')
      const found = lookUp(name, lookups) ?? (rest.length > 0 ? rest.join(':-') : undefined)
      return found === undefined ? whole : replaced(found, depth + 1)
    })
  }
  return replaced(text, 0)
}

function lookUp(name: string, { system, env, own }: Lookups): string | undefined {
  const [, kind, key = name] = /^(sys|env|ctx|main|bundle|java|lower|upper):(.*)$/s.exec(name) ?? []
  if (kind === 'sys') return system[key]
  if (kind === 'env') return env[key]
  return kind === undefined ? (system[key] ?? own[key]) : undefined
}

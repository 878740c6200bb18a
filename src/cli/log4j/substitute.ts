/** Where the names in `${…}` are looked up. */
export interface Lookups {
  /** Java's system properties: what -D sets, and kafka.logs.dir. */
  system: Readonly<Record<string, string>>
  env: Readonly<Record<string, string | undefined>>
  /** The file's own properties. */
  own: Readonly<Record<string, string | undefined>>
}

const DEEPEST = 10

/**
 * The text with `${name}`, `${sys:name}`, `${env:NAME}` and `${…:-default}` replaced; what nobody knows stays.
 * Java: org.apache.logging.log4j.core.lookup.StrSubstitutor, org.apache.log4j.helpers.OptionConverter
 */
export function substitute(text: string, lookups: Lookups, depth = 0): string {
  if (depth > DEEPEST || !text.includes('${')) return text
  return text.replace(/\$\$?\{((?:[^{}]|\$\{[^{}]*\})*)\}/g, (whole, inside: string) => {
    const [name = '', ...rest] = inside.split(':-')
    const found = lookUp(name, lookups) ?? (rest.length > 0 ? rest.join(':-') : undefined)
    return found === undefined ? whole : substitute(found, lookups, depth + 1)
  })
}

function lookUp(name: string, { system, env, own }: Lookups): string | undefined {
  const [, kind, key = name] = /^(sys|env|ctx|main|bundle|java|lower|upper):(.*)$/s.exec(name) ?? []
  if (kind === 'sys') return system[key]
  if (kind === 'env') return env[key]
  return kind === undefined ? (system[key] ?? own[key]) : undefined
}

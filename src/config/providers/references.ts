/**
 * References to providers' values in configurations: `${provider:[path:]key}`, several in one value, never nested.
 * Java: org.apache.kafka.common.config.ConfigTransformer
 */

const PATTERN = /\$\{([^}]*?):(([^}]*?):)?([^}]*?)\}/g

export interface Reference {
  /** As it stands in the value. */
  text: string
  provider: string
  /** Empty where there is none. */
  path: string
  key: string
}

export function referencesIn(value: string): Reference[] {
  if (!value.includes('${')) return []
  return [...value.matchAll(PATTERN)].map(([text, provider, , path, key]) => ({
    text,
    provider: provider!,
    path: path ?? '',
    key: key!,
  }))
}

/** The value with what `given` says in place of each reference; where it says null the reference stays. */
export function withReferencesReplaced(
  value: string,
  given: (reference: Reference) => string | null,
): string {
  if (!value.includes('${')) return value
  return value.replace(PATTERN, (text, provider: string, _, path: string | undefined, key: string) => {
    return given({ text, provider, path: path ?? '', key }) ?? text
  })
}

import { urlEncoded } from '../../data/java-url.ts'

const VALID = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A name that Avro takes, made of one that it does not. Java: AvroData.doScrubName */
export function scrubbed(name: string): string {
  if (name === '' || VALID.test(name)) return name
  const encoded = urlEncoded(name)
  return (/^[0-9]/.test(encoded) ? `x${encoded}` : encoded).replace(/[^A-Za-z0-9_]/g, '_')
}

/** Namespace, null for none, and name; each part scrubbed where that is wanted. Java: AvroData.splitName */
export function splitName(fullName: string, scrub: boolean): [string | null, string] {
  if (fullName === '') return [null, '']
  const parts = fullName.replace(/\.+$/, '').split('.')
  const names = scrub ? parts.map(scrubbed) : parts
  return [names.length > 1 ? names.slice(0, -1).join('.') : null, names.at(-1)!]
}

export function scrubbedFullName(fullName: string, scrub: boolean): string {
  if (!scrub) return fullName
  const [space, name] = splitName(fullName, true)
  return space === null ? name : `${space}.${name}`
}

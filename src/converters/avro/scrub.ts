/** Names that Avro takes, made of names that it does not. Java: AvroData.doScrubName */
const VALID = /^[A-Za-z_][A-Za-z0-9_]*$/
/** What Java's URLEncoder leaves, but for the space, which it makes `+`. */
const UNENCODED = /[A-Za-z0-9.*_\- ]/

export function scrubbed(name: string): string {
  if (name === '' || VALID.test(name)) return name
  let encoded = ''
  for (const char of name.toWellFormed().replaceAll('\ufffd', '?')) {
    encoded += UNENCODED.test(char) ? char : percentEncoded(char)
  }
  return (/^[0-9]/.test(encoded) ? `x${encoded}` : encoded).replace(/[^A-Za-z0-9_]/g, '_')
}

function percentEncoded(char: string): string {
  return Array.from(Buffer.from(char), byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(
    '',
  )
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

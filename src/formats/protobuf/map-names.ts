/** Names of the messages that hold the entries of maps. Java: ProtobufSchema.toMapEntry, toMapField; Guava's CaseFormat */

const SUFFIX = 'Entry'

/** `my_map` → `MyMapEntry`; without an underscore the name stays as it is. */
export function mapEntryName(name: string): string {
  if (!name.includes('_')) return name + SUFFIX
  return (
    name
      .split('_')
      .map(word => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
      .join('') + SUFFIX
  )
}

/** `a.MyMapEntry` → `a.my_map`; only the last part changes. */
export function mapFieldName(name: string): string {
  const parts = name.split('.')
  const last = parts.at(-1)!
  if (last.endsWith(SUFFIX)) parts[parts.length - 1] = lowerUnderscore(last.slice(0, -SUFFIX.length))
  return parts.join('.')
}

function lowerUnderscore(name: string): string {
  return name.replace(/(?!^)(?=[A-Z])/g, '_').toLowerCase()
}

/** Entries whose key starts with the prefix, the prefix taken off. Java: AbstractConfig.originalsWithPrefix */
export function withPrefix<V>(raw: Readonly<Record<string, V>>, prefix: string): Record<string, V> {
  const found: [string, V][] = []
  for (const [key, value] of Object.entries(raw)) {
    if (key.startsWith(prefix) && key.length > prefix.length) found.push([key.slice(prefix.length), value])
  }
  return Object.fromEntries(found)
}

import { JavaNumber } from '../data/numbers.ts'
import type { OffsetMap, OffsetValue } from '../data/records.ts'

/**
 * A text that is equal for equal maps whatever the order of their entries, as Java's Map.equals sees them: 5 and
 * 5n are the same Long, 1.5 and '1.5' are not the same.
 */
export function partitionKey(partition: OffsetMap | null): string {
  if (partition === null) return 'null'
  const names = Object.keys(partition)
  if (names.length > 1) names.sort()
  let key = ''
  for (const name of names) key += `${JSON.stringify(name)}:${valueKey(partition[name] ?? null)},`
  return key
}

function valueKey(value: OffsetValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`
  if (value instanceof JavaNumber) return `${value.javaClass} ${value.value}`
  return String(value)
}

import { type AvroType, isNamed } from './types.ts'

/** Properties without which bytes mean something else. */
const MEANINGS = ['logicalType', 'scale', 'connect.type']

/**
 * Whether values of both types are the same bytes and mean the same: what differs in docs, defaults, aliases and other
 * properties does not count.
 */
export function isSameShape(a: AvroType, b: AvroType): boolean {
  return same(a, b, new Map())
}

/** `seen` are pairs that are being looked at already. */
function same(a: AvroType, b: AvroType, seen: Map<AvroType, AvroType>): boolean {
  if (a === b || seen.get(a) === b) return true
  if (isNamed(a) && isNamed(b) && a.name.full !== b.name.full) return false
  if (MEANINGS.some(name => a.props.get(name) !== b.props.get(name))) return false
  switch (a.type) {
    case 'record':
      if (b.type !== 'record' || a.fields.length !== b.fields.length) return false
      seen.set(a, b)
      return a.fields.every((field, i) => {
        const other = b.fields[i]!
        return field.name === other.name && same(field.type, other.type, seen)
      })
    case 'enum':
      return b.type === 'enum' && a.symbols.join() === b.symbols.join()
    case 'fixed':
      return b.type === 'fixed' && a.size === b.size
    case 'array':
      return b.type === 'array' && same(a.items, b.items, seen)
    case 'map':
      return b.type === 'map' && same(a.values, b.values, seen)
    case 'union':
      return (
        b.type === 'union' &&
        a.types.length === b.types.length &&
        a.types.every((type, i) => same(type, b.types[i]!, seen))
      )
    default:
      return a.type === b.type
  }
}

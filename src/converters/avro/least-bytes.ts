import type { AvroType } from '../../formats/avro/types.ts'

/** How many bytes a value of the type has at least. */
export function leastBytes(type: AvroType, inside: readonly AvroType[] = []): number {
  switch (type.type) {
    case 'null':
      return 0
    case 'float':
      return 4
    case 'double':
      return 8
    case 'fixed':
      return type.size
    case 'record': {
      // A record that always contains itself has no values at all.
      if (inside.includes(type)) return 1
      return type.fields.reduce((sum, field) => sum + leastBytes(field.type, [...inside, type]), 0)
    }
    default:
      return 1
  }
}

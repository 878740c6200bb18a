import type { AvroType, RecordType } from '../../formats/avro/types.ts'

const known = new WeakMap<RecordType, number>()

/** How many bytes a value of the type has at least. */
export function leastBytes(type: AvroType): number {
  switch (type.type) {
    case 'null':
      return 0
    case 'float':
      return 4
    case 'double':
      return 8
    case 'fixed':
      return type.size
    case 'record':
      return known.get(type) ?? leastOfRecord(type)
    default:
      return 1
  }
}

function leastOfRecord(type: RecordType): number {
  // A record that always contains itself has no values at all.
  known.set(type, 1)
  const least = type.fields.reduce((sum, field) => sum + leastBytes(field.type), 0)
  known.set(type, least)
  return least
}

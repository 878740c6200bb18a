import type { AvroType, RecordType } from '../../formats/avro/types.ts'
import type { AvroInput } from './avro-input.ts'
import { leastBytes } from './least-bytes.ts'
import type { ValueReader } from './read-scalars.ts'

/** Passes a value that nobody wants. */
export function skipper(type: AvroType, records = new Map<RecordType, ValueReader>()): ValueReader {
  switch (type.type) {
    case 'null':
      return () => null
    case 'boolean':
      return input => input.boolean()
    case 'int':
    case 'enum':
      return input => input.int()
    case 'long':
      return input => input.long()
    case 'float':
      return input => input.skip(4)
    case 'double':
      return input => input.skip(8)
    case 'string':
    case 'bytes':
      return input => input.skipBytes()
    case 'fixed':
      return input => input.skip(type.size)
    case 'union': {
      const branches = type.types.map(branch => skipper(branch, records))
      return input => branches[input.index(branches.length, 'Union branch')]!(input)
    }
    case 'array':
      return skipBlocks(skipper(type.items, records), leastBytes(type.items))
    case 'map': {
      const skipValue = skipper(type.values, records)
      const skipEntry: ValueReader = input => {
        input.skipBytes()
        skipValue(input)
      }
      return skipBlocks(skipEntry, 1 + leastBytes(type.values))
    }
    case 'record':
      return records.get(type) ?? recordSkipper(type, records)
  }
}

function recordSkipper(type: RecordType, records: Map<RecordType, ValueReader>): ValueReader {
  let fields: ValueReader[] = []
  const skip: ValueReader = input => {
    for (const field of fields) field(input)
  }
  records.set(type, skip)
  fields = type.fields.map(field => skipper(field.type, records))
  return skip
}

function skipBlocks(skip: ValueReader, least: number): ValueReader {
  return (input: AvroInput) => {
    for (let count = input.block(least); count > 0; count = input.block(least))
      for (let i = 0; i < count; i++) skip(input)
  }
}

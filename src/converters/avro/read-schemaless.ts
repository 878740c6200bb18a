/** Records of `io.confluent.connect.avro.Anything` as the values that they stand for. Java: AvroData.toConnectData */
import { hashCodeOf, orderByHash, TABLE_SIZE, tableSizeFor } from '../../data/java-hash.ts'
import { Float32, Float64, Int32, isPlainLong } from '../../data/numbers.ts'
import type { Schema } from '../../data/schema.ts'
import { anythingType } from './anything.ts'
import type { AvroInput } from './avro-input.ts'

const FIELDS = anythingType.fields.map(field => field.name)
/** An entry of an array is a record of nine unions, that of a map two of them. */
const RECORD_BYTES = FIELDS.length

/** The first field that is set decides. */
export function readSchemaless(input: AvroInput): unknown {
  let value: unknown = null
  for (const name of FIELDS) {
    if (input.index(2, 'Union branch') === 0) continue
    const found = readField(name, input)
    if (value === null) value = found
  }
  return value
}

function readField(name: string, input: AvroInput): unknown {
  switch (name) {
    case 'boolean':
      return input.boolean()
    case 'bytes':
      return input.bytes()
    case 'double': {
      const double = input.double()
      return isPlainLong(double) ? new Float64(double) : double
    }
    case 'float':
      return new Float32(input.float())
    case 'int':
      return new Int32(input.int())
    case 'long':
      return input.long()
    case 'string':
      return input.string()
    case 'array':
      return readElements(input)
    default:
      return readEntries(input)
  }
}

function readElements(input: AvroInput): unknown[] {
  const elements: unknown[] = []
  for (let count = input.block(RECORD_BYTES); count > 0; count = input.block(RECORD_BYTES))
    for (let i = 0; i < count; i++) elements.push(readSchemaless(input))
  return elements
}

function readEntries(input: AvroInput): unknown {
  const entries: [unknown, unknown][] = []
  for (let count = input.block(2 * RECORD_BYTES); count > 0; count = input.block(2 * RECORD_BYTES))
    for (let i = 0; i < count; i++) entries.push([readSchemaless(input), readSchemaless(input)])
  return hashMapOf(entries, null)
}

/** What stands for Java's HashMap: a plain object where all keys are texts, else a Map in its order. */
export function hashMapOf(entries: readonly [unknown, unknown][], keySchema: Schema | null): unknown {
  if (entries.every(([key]) => typeof key === 'string' && key !== '__proto__')) {
    const object = Object.fromEntries(entries) as Record<string, unknown> & { [TABLE_SIZE]?: number }
    setTableSize(object, entries.length)
    return object
  }
  const map = new Map(entries)
  const order = orderByHash([...map.keys()], key => hashCodeOf(key, keySchema), tableSizeFor(entries.length))
  return new Map(order.map(key => [key, map.get(key)]))
}

/** Java makes it as large as it has entries. */
export function setTableSize(object: { [TABLE_SIZE]?: number }, entries: number): void {
  const size = tableSizeFor(entries)
  if (size !== 16) object[TABLE_SIZE] = size
}

/** Values without schema as records of `io.confluent.connect.avro.Anything`. Java: AvroData.fromConnectData */
import { DataException } from '../../data/errors.ts'
import { javaClassName, schemaTypeOf } from '../../data/java-class.ts'
import { keysInHashOrder } from '../../data/java-hash.ts'
import { JavaNumber } from '../../data/numbers.ts'
import type { SchemaType } from '../../data/schema.ts'
import { inField } from '../field-path.ts'
import { anythingType } from './anything.ts'
import type { AvroOutput } from './avro-output.ts'
import type { ValueWriter } from './write-scalars.ts'

const FIELDS = anythingType.fields.map(field => field.name)

/** The field that holds values of a type; others have none. */
const FIELD_OF: Readonly<Partial<Record<SchemaType, string>>> = {
  BOOLEAN: 'boolean',
  FLOAT64: 'double',
  FLOAT32: 'float',
  INT8: 'int',
  INT16: 'int',
  INT32: 'int',
  INT64: 'long',
  STRING: 'string',
  ARRAY: 'array',
  MAP: 'map',
}

/** @throws DataException for values of classes that Avro does not know without a schema */
export function writeSchemaless(value: unknown, out: AvroOutput): void {
  const field = value === null || value === undefined ? null : fieldFor(value)
  for (const name of FIELDS) {
    out.int(name === field ? 1 : 0)
    if (name === field) WRITERS[field]!(value instanceof JavaNumber ? value.value : value, out)
  }
}

function fieldFor(value: unknown): string {
  const type = schemaTypeOf(value)
  const field = type === null ? undefined : FIELD_OF[type]
  if (field !== undefined) return field
  throw new DataException(`Unknown Java type for schemaless data: class ${javaClassName(value)}`)
}

const WRITERS: Readonly<Record<string, ValueWriter>> = {
  boolean: (value, out) => out.boolean(value as boolean),
  double: (value, out) => out.double(value as number),
  float: (value, out) => out.float(value as number),
  int: (value, out) => out.int(value as number),
  long: (value, out) => out.long(value as number | bigint),
  string: (value, out) => out.string(value as string),
  array: (value, out) => writeElements(value as readonly unknown[], out),
  map: (value, out) => writeEntries(value as object, out),
}

function writeElements(elements: readonly unknown[], out: AvroOutput): void {
  if (elements.length > 0) out.int(elements.length)
  for (const [i, element] of elements.entries()) {
    try {
      writeSchemaless(element, out)
    } catch (error) {
      throw inField(error, `[${i}]`)
    }
  }
  out.int(0)
}

function writeEntries(map: object, out: AvroOutput): void {
  const entries: [unknown, unknown][] =
    map instanceof Map
      ? [...map]
      : keysInHashOrder(map).map(key => [key, (map as Record<string, unknown>)[key]])
  if (entries.length > 0) out.int(entries.length)
  for (const [key, value] of entries) {
    try {
      writeSchemaless(key, out)
      writeSchemaless(value, out)
    } catch (error) {
      throw inField(error, String(key))
    }
  }
  out.int(0)
}

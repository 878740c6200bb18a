/** What stands before a payload. Java: io.confluent.kafka.serializers.schema.id.SchemaId */
import { SerializationException } from '../../data/errors.ts'
import { IllegalArgumentException } from '../../data/java-errors.ts'
import { BufferUnderflowException } from './registry-errors.ts'

export const MAGIC_ID = 0
export const MAGIC_GUID = 1
/** Bytes, the magic one included. */
export const ID_PREFIX = 5
export const GUID_PREFIX = 17

/** Before every payload of that schema. */
export function idPrefix(id: number): Uint8Array {
  const prefix = Buffer.alloc(ID_PREFIX)
  prefix[0] = MAGIC_ID
  prefix.writeInt32BE(id, 1)
  return prefix
}

/** The GUID behind the magic byte, as `550e8400-e29b-41d4-a716-446655440000`. */
export function guidAt(data: Buffer, start: number): string {
  const hex = data.toString('hex', start + 1, start + GUID_PREFIX)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** For bytes that begin with no schema id, or end before it does. */
export function noSchemaId(data: Buffer, start: number, length: number): SerializationException {
  const magic = data[start]
  const known = length === 0 || magic === MAGIC_ID || magic === MAGIC_GUID
  const needed = magic === MAGIC_GUID ? GUID_PREFIX : ID_PREFIX
  const cause = known
    ? new BufferUnderflowException(
        `${length} bytes, of which the magic byte and the schema id take ${needed}`,
      )
    : new IllegalArgumentException('Unknown magic byte!')
  const begins = data.toString('hex', start, start + Math.min(length, 8))
  const what =
    length === 0 ? 'The bytes are empty' : `The bytes begin with 0x${begins}, not with 0x00 and a schema id`
  return new SerializationException('Error deserializing schema ID', {
    cause,
    hint: `${what}: they were not written with a schema registry (then name the converter that fits, such as JsonConverter, StringConverter or ByteArrayConverter), or their schema id stands in a Kafka header, which this converter does not see.`,
  })
}

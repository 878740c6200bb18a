/** What Connect schemas say about Protobuf, and names of both. Java: io.confluent.connect.protobuf.ProtobufData */
import { urlEncoded } from '../../data/java-url.ts'
import type { Schema } from '../../data/schema.ts'
import type { ScalarType } from '../../formats/protobuf/elements.ts'

const NAMESPACE = 'io.confluent.connect.protobuf'
export const ENUM = `${NAMESPACE}.Enum`
const UNION = `${NAMESPACE}.Union`
export const UNION_PREFIX = `${UNION}.`
export const TAG = `${NAMESPACE}.Tag`
export const TYPE = `${NAMESPACE}.Type`
/** What all schema languages understand with `generalized.sum.type.support`. */
export const GENERAL_ENUM = 'org.apache.kafka.connect.data.Enum'
export const GENERAL_UNION = 'org.apache.kafka.connect.data.Union'
export const PRECISION = 'connect.decimal.precision'
export const DEFAULT_NAME = 'ConnectDefault'

export const DECIMAL_MESSAGE = 'confluent.type.Decimal'
export const DATE_MESSAGE = 'google.type.Date'
export const TIME_MESSAGE = 'google.type.TimeOfDay'
export const TIMESTAMP_MESSAGE = 'google.protobuf.Timestamp'

/** Where the messages that Connect's types become are defined. */
export const FILE_OF_MESSAGE: ReadonlyMap<string, string> = new Map([
  [DECIMAL_MESSAGE, 'confluent/type/decimal.proto'],
  [DATE_MESSAGE, 'google/type/date.proto'],
  [TIME_MESSAGE, 'google/type/timeofday.proto'],
  [TIMESTAMP_MESSAGE, 'google/protobuf/timestamp.proto'],
])
export const WRAPPERS_FILE = 'google/protobuf/wrappers.proto'

/** Google's messages around one value, by full name. */
export const WRAPPED_TYPES: ReadonlyMap<string, ScalarType> = new Map([
  ['google.protobuf.DoubleValue', 'double'],
  ['google.protobuf.FloatValue', 'float'],
  ['google.protobuf.Int64Value', 'int64'],
  ['google.protobuf.UInt64Value', 'uint64'],
  ['google.protobuf.Int32Value', 'int32'],
  ['google.protobuf.UInt32Value', 'uint32'],
  ['google.protobuf.BoolValue', 'bool'],
  ['google.protobuf.StringValue', 'string'],
  ['google.protobuf.BytesValue', 'bytes'],
])

/** The parameter that names the enum of a schema; null when it is none. */
export function enumParameter({ parameters }: Schema, generalized: boolean): string | null {
  if (parameters === null) return null
  const [first, second] = generalized ? [GENERAL_ENUM, ENUM] : [ENUM, GENERAL_ENUM]
  return parameters.has(first) ? first : parameters.has(second) ? second : null
}

/** Numbers by name, of the parameters `<parameter>.<name>`. */
export function enumNumbers(schema: Schema, parameter: string): Map<string, number> {
  const numbers = new Map<string, number>()
  for (const [name, value] of schema.parameters ?? [])
    if (name.startsWith(`${parameter}.`) && /^-?\d+$/.test(value))
      numbers.set(name.slice(parameter.length + 1), Number(value))
  return numbers
}

/** Java: ProtobufData.isUnionSchema */
export function isUnion(schema: Schema): boolean {
  return (
    schema.type === 'STRUCT' &&
    (schema.name?.startsWith(UNION) === true || schema.parameters?.has(GENERAL_UNION) === true)
  )
}

const CLEAN = /^[A-Za-z][A-Za-z0-9_]*$/

/** A name without characters that Protobuf does not take. Java: ProtobufData.doScrubName */
export function scrubbed(name: string): string {
  if (name === '' || CLEAN.test(name)) return name
  const encoded = urlEncoded(name)
  return (/^[0-9_]/.test(encoded) ? `x${encoded}` : encoded).replace(/[^A-Za-z0-9_]/g, '_')
}

/** The part behind the last dot, scrubbed where that is wanted. */
export function simpleName(fullName: string, scrub: boolean): string {
  const name = fullName.slice(fullName.lastIndexOf('.') + 1)
  return scrub ? scrubbed(name) : name
}

/** Package, null for none, and name. Java: ProtobufData.splitName */
export function splitName(fullName: string, scrub: boolean): [string | null, string] {
  const parts = fullName.split('.')
  const names = scrub ? parts.map(scrubbed) : parts
  return [names.length > 1 ? names.slice(0, -1).join('.') : null, names.at(-1)!]
}

/** The vectors taken from Kafka Connect 4.3.1 on JDK 17; `_schema` in the file explains the form. */
import data from '../vectors/data-vectors.json'
import routing from '../vectors/routing-transforms.json'
import projections from '../vectors/schema-projections.json'
import transforms from '../vectors/transforms.json'

/** Files of the form of data-vectors.json. */
const files = [data, routing, projections, transforms]

/** `{tag: content}`; the tag names the Java class. */
export type TaggedValue = null | { readonly [tag: string]: unknown }

export interface SchemaVector {
  type: string
  optional?: boolean
  name?: string
  version?: number
  doc?: string
  parameters?: Record<string, string>
  default?: TaggedValue
  fields?: { name: string; schema: SchemaVector }[]
  keySchema?: SchemaVector | null
  valueSchema?: SchemaVector | null
}

/** Bytes as text and as hexadecimal; the latter counts. */
export type BytesVector = null | { utf8?: string; hex?: string }

export interface ErrorVector {
  class: string
  message: string | null
  cause?: { class: string; message: string | null }
}

export interface Vector {
  id: string
  group: string
  // biome-ignore lint/suspicious/noExplicitAny: inputs are the group's own
  in: any
  // biome-ignore lint/suspicious/noExplicitAny: so are results
  out?: any
  error?: ErrorVector
  /** Of a result that is a schemaless map: its keys as Java's HashMap hands them out. */
  order?: readonly string[]
}

export function vectorsOf(group: string): Vector[] {
  return files.flatMap(file => (file.vectors as Vector[]).filter(vector => vector.group === group))
}

export function bytesOf(bytes: BytesVector): Buffer | null {
  if (bytes === null) return null
  return bytes.hex === undefined ? Buffer.from(bytes.utf8 ?? '') : Buffer.from(bytes.hex, 'hex')
}

/** A language that schemas in a schema registry are written in: what its converter and the registry both need. */
import { ConnectException } from '../data/errors.ts'

export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON'

/** Another registered schema that a schema builds on. `name` is how its text calls it. */
export interface SchemaReference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** A reference with what stands behind it; `references` are those of that schema, resolved in their turn. */
export interface ResolvedReference extends SchemaReference {
  readonly text: string
  readonly references: readonly ResolvedReference[]
}

export interface SchemaFormat<P extends ParsedSchema = ParsedSchema> {
  readonly type: SchemaType
  /**
   * Protobuf takes the base64 of a FileDescriptorProto, too: clients in Python and JavaScript register that.
   * `isNew` for a text that is to be registered: more is asked of it than of one that a registry took already (Avro:
   * defaults have to suit their fields). @throws InvalidSchema with the place in the text
   */
  parse(text: string, references: readonly ResolvedReference[], isNew?: boolean): P
}

/** Immutable. */
export interface ParsedSchema {
  readonly type: SchemaType
  /** As Java prints it, which is what a registry compares and stores. Java: ParsedSchema.canonicalString */
  readonly text: string
  readonly references: readonly SchemaReference[]
  /** Full name of the record or message; null where it has none. Java: ParsedSchema.name */
  readonly name: string | null
  /** The text with `normalize=true`. Java: ParsedSchema.normalize */
  normalized(): string
  /**
   * The text in another form, as `?format=` asks for it: `resolved` (Avro; no references left), `serialized`
   * (Protobuf: base64 of the FileDescriptorProto, which clients in Python and JavaScript read). Null for a form that
   * the language does not have; absent where it has none at all. Java: ParsedSchema.formattedString
   */
  formatted?(format: string): string | null
  /**
   * What keeps data written with `writer` from being read with this schema, one line for each place, in the Java
   * registry's words; empty when nothing does. Java: ParsedSchema.isBackwardCompatible
   */
  incompatibilities(writer: ParsedSchema): string[]
}

/** A text that is no schema of its type. */
export class InvalidSchema extends ConnectException {
  static override readonly javaClass =
    'io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException'
}

/** What one schema language is for Connect: the part of a registry's converter that the others do not share. */
import type { ByteSink } from '../../data/bytes.ts'
import type { Schema, SchemaAndValue } from '../../data/schema.ts'
import type { ParsedSchema, SchemaFormat } from '../../formats/schema-format.ts'

/** Made once for each converter, from its own keys. */
export interface ConnectFormat<P extends ParsedSchema = ParsedSchema> {
  readonly format: SchemaFormat<P>
  /** As errors call it: `Avro`, `Protobuf`, `JSON`. */
  readonly label: string
  /**
   * The schema that values of a Connect schema are written with. Null for none: then `value` decides. Called once for
   * each schema object, for as long as it lives. @throws DataException
   */
  schemaOf(schema: Schema | null, value: unknown): P
  /**
   * Writes values of a Connect schema; `target` is what `schemaOf` gave, or another registered schema
   * (`use.latest.version`, `use.schema.id`). @throws DataException when values of the one are none of the other
   */
  writer(schema: Schema | null, target: P): PayloadWriter
  /**
   * Whether a null of this Connect schema is written like a value; else, and without this method, it is null bytes, as
   * a null without schema always is. @throws DataException for a schema that admits no null
   */
  writesNull?(schema: Schema): boolean
  /**
   * Reads what was written with `writer`. `version` is that of the schema in the subject, null where it is not known.
   * Records are wanted in the schema `target` where it is given (`use.latest.version`): then `version` is its version.
   */
  reader(writer: P, version: number | null, target?: P): PayloadReader
}

/** @throws DataException for a value that is none of the schema */
export type PayloadWriter = (value: unknown, out: ByteSink) => void

/**
 * Reads what stands behind the schema's id, up to `end`; fills schema and value of `into`. Keeps no view of `data`.
 * @throws SerializationException for bytes that are none of the schema
 */
export type PayloadReader = (data: Buffer, start: number, end: number, into: SchemaAndValue) => void

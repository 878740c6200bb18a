import type { ConfigSpec, Parsed } from '../config/keys.ts'
import { DataException } from '../data/errors.ts'
import { isPlainObject, javaClassName } from '../data/java-class.ts'
import type { ConnectRecord } from '../data/records.ts'
import type { Schema } from '../data/schema.ts'
import { Struct } from '../data/struct.ts'
import { type Config, type Transformation, type TransformationPlugin, transformation } from '../sdk/plugin.ts'

/** A schemaless map: a plain object stands for a Java HashMap, a Map keeps its order. */
export type SchemalessMap = ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>>

/** The half of a record that a transformation works on: its `$Key` or `$Value` form. */
export interface Operand {
  readonly variant: 'Key' | 'Value'
  schema(record: ConnectRecord): Schema | null
  value(record: ConnectRecord): unknown
  /** The record with another schema and value in that half. */
  replace<R extends ConnectRecord>(record: R, schema: Schema | null, value: unknown): R
}

export const KEY: Operand = {
  variant: 'Key',
  schema: record => record.keySchema,
  value: record => record.key,
  replace: (record, schema, value) =>
    record.newRecord(
      record.topic,
      record.kafkaPartition,
      schema,
      value,
      record.valueSchema,
      record.value,
      record.timestamp,
    ),
}

const VALUE: Operand = {
  variant: 'Value',
  schema: record => record.valueSchema,
  value: record => record.value,
  replace: (record, schema, value) =>
    record.newRecord(
      record.topic,
      record.kafkaPartition,
      record.keySchema,
      record.key,
      schema,
      value,
      record.timestamp,
    ),
}

interface TwoForms<C extends ConfigSpec> {
  /** Simple name of the abstract class in org.apache.kafka.connect.transforms. */
  name: string
  doc: string
  config: C
  create(config: Parsed<C>, operand: Operand, raw: Config): Transformation
}

/** The `$Key` and the `$Value` class of one transformation. */
export function keyAndValue<const C extends ConfigSpec>(of: TwoForms<C>): TransformationPlugin[] {
  return [KEY, VALUE].map(operand =>
    transformation({
      className: `org.apache.kafka.connect.transforms.${of.name}$${operand.variant}`,
      version: '4.3.1',
      doc: of.doc,
      config: of.config,
      create: (config, raw) => of.create(config, operand, raw),
    }),
  )
}

/** Java: org.apache.kafka.connect.transforms.util.Requirements */
export function requireMap(value: unknown, purpose: string): SchemalessMap {
  if (value instanceof Map || isPlainObject(value)) return value as SchemalessMap
  throw new DataException(
    `Only Map objects supported in absence of schema for [${purpose}], found: ${classOf(value)}`,
  )
}

/** @param schema of the value, which tells the class of a plain number */
export function requireStruct(value: unknown, purpose: string, schema: Schema | null = null): Struct {
  if (value instanceof Struct) return value
  throw new DataException(`Only Struct objects supported for [${purpose}], found: ${classOf(value, schema)}`)
}

function classOf(value: unknown, schema: Schema | null = null): string {
  return value === null || value === undefined ? 'null' : javaClassName(value, schema)
}

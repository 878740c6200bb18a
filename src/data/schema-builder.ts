/** Java: org.apache.kafka.connect.data.SchemaBuilder */
import { DataException, SchemaBuilderException } from './errors.ts'
import { ConnectSchema, Field, type Schema, type SchemaType, schemaText } from './schema.ts'
import { validateValue } from './validate.ts'

type Once = 'optional' | 'default' | 'name' | 'version' | 'doc'

/** A schema in the making: equal to nothing but itself, so a struct of an equal built schema is no default. */
class SchemaDraft implements Schema {
  isOptional: boolean | null = null
  defaultValue: unknown = null
  name: string | null = null
  version: number | null = null
  doc: string | null = null
  parameters: Map<string, string> | null = null
  readonly members: Map<string, Field> | null

  constructor(
    readonly type: SchemaType,
    readonly keySchema: Schema | null,
    readonly valueSchema: Schema | null,
  ) {
    this.members = type === 'STRUCT' ? new Map() : null
  }

  get optional(): boolean {
    return this.isOptional ?? false
  }

  get fields(): readonly Field[] {
    if (this.members === null) throw new DataException('Cannot list fields on non-struct type')
    return [...this.members.values()]
  }

  field(name: string): Field | null {
    if (this.members === null) throw new DataException('Cannot look up fields on non-struct type')
    return this.members.get(name) ?? null
  }

  schema(): Schema {
    return new ConnectSchema(this.type, {
      ...this,
      optional: this.optional,
      parameters: this.parameters && new Map(this.parameters),
      fields: this.members && [...this.members.values()],
    })
  }

  equals(other: unknown): boolean {
    return other === this
  }

  toString(): string {
    return schemaText(this)
  }
}

/**
 * Collects a schema's attributes; each but parameters and fields can be set once. `optional` and `name` come
 * before `defaultValue`, which is checked against what is known so far.
 */
export class SchemaBuilder {
  /** The schema as it stands, growing with further calls; `new Struct(builder.draft)` makes a struct default. */
  readonly draft: Schema
  private readonly state: SchemaDraft

  constructor(type: SchemaType, keySchema: Schema | null = null, valueSchema: Schema | null = null) {
    if ((type as SchemaType | null) === null) throw new SchemaBuilderException('type cannot be null')
    this.state = new SchemaDraft(type, keySchema, valueSchema)
    this.draft = this.state
  }

  static int8(): SchemaBuilder {
    return new SchemaBuilder('INT8')
  }

  static int16(): SchemaBuilder {
    return new SchemaBuilder('INT16')
  }

  static int32(): SchemaBuilder {
    return new SchemaBuilder('INT32')
  }

  static int64(): SchemaBuilder {
    return new SchemaBuilder('INT64')
  }

  static float32(): SchemaBuilder {
    return new SchemaBuilder('FLOAT32')
  }

  static float64(): SchemaBuilder {
    return new SchemaBuilder('FLOAT64')
  }

  static bool(): SchemaBuilder {
    return new SchemaBuilder('BOOLEAN')
  }

  static string(): SchemaBuilder {
    return new SchemaBuilder('STRING')
  }

  static bytes(): SchemaBuilder {
    return new SchemaBuilder('BYTES')
  }

  static struct(): SchemaBuilder {
    return new SchemaBuilder('STRUCT')
  }

  static array(valueSchema: Schema): SchemaBuilder {
    return new SchemaBuilder('ARRAY', null, notNull(valueSchema, 'valueSchema'))
  }

  static map(keySchema: Schema, valueSchema: Schema): SchemaBuilder {
    return new SchemaBuilder('MAP', notNull(keySchema, 'keySchema'), notNull(valueSchema, 'valueSchema'))
  }

  optional(): this {
    return this.setOptional(true)
  }

  required(): this {
    return this.setOptional(false)
  }

  private setOptional(optional: boolean): this {
    this.checkOnce('optional', this.state.isOptional, optional)
    this.state.isOptional = optional
    return this
  }

  defaultValue(value: unknown): this {
    this.checkOnce('default', this.state.defaultValue, value)
    try {
      validateValue(null, this.draft, value)
    } catch (cause) {
      if (cause instanceof DataException) throw new SchemaBuilderException('Invalid default value', { cause })
      throw cause
    }
    this.state.defaultValue = value
    return this
  }

  name(name: string | null): this {
    this.checkOnce('name', this.state.name, name)
    this.state.name = name
    return this
  }

  version(version: number | null): this {
    this.checkOnce('version', this.state.version, version)
    this.state.version = version
    return this
  }

  doc(doc: string | null): this {
    this.checkOnce('doc', this.state.doc, doc)
    this.state.doc = doc
    return this
  }

  private checkOnce(attribute: Once, current: unknown, next: unknown): void {
    if (current !== null && current !== next)
      throw new SchemaBuilderException(`Invalid SchemaBuilder call: ${attribute} has already been set.`)
  }

  /** Overwrites silently. */
  parameter(name: string, value: string): this {
    this.state.parameters ??= new Map()
    this.state.parameters.set(name, value)
    return this
  }

  /** No entries leave the schema without parameters. */
  parameters(parameters: Iterable<readonly [string, string]>): this {
    for (const [name, value] of parameters) this.parameter(name, value)
    return this
  }

  /** Adds a field at the end of a STRUCT. */
  field(name: string, schema: Schema): this {
    const { members, type } = this.state
    if (members === null) throw new SchemaBuilderException(`Cannot create fields on type ${type}`)
    if (!name) throw new SchemaBuilderException('fieldName cannot be null.')
    if ((schema as Schema | null) === null)
      throw new SchemaBuilderException(`fieldSchema for field ${name} cannot be null.`)
    if (members.has(name))
      throw new SchemaBuilderException(`Cannot create field because of field name duplication ${name}`)
    members.set(name, new Field(name, members.size, schema))
    return this
  }

  build(): Schema {
    return this.state.schema()
  }
}

function notNull(schema: Schema | null, what: string): Schema {
  if (schema === null) throw new SchemaBuilderException(`${what} cannot be null.`)
  return schema
}

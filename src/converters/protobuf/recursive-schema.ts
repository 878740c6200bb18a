import type { Field, Schema, SchemaType } from '../../data/schema.ts'

/** First null, then the struct, once it is complete. */
export interface Cycle {
  schema: Schema | null
}

/** The schema of a message inside itself. Java: ProtobufData.SchemaWrapper */
export class RecursiveSchema implements Schema {
  readonly type: SchemaType = 'STRUCT'
  readonly defaultValue = null
  readonly version = null
  readonly doc = null

  constructor(
    private readonly cycle: Cycle,
    readonly name: string,
    readonly optional: boolean,
    readonly parameters: ReadonlyMap<string, string> | null,
  ) {}

  private get struct(): Schema {
    if (this.cycle.schema === null) throw new Error(`The schema ${this.name} is asked before it is complete`)
    return this.cycle.schema
  }

  get fields(): readonly Field[] {
    return this.struct.fields
  }
  get keySchema(): Schema | null {
    return this.struct.keySchema
  }
  get valueSchema(): Schema | null {
    return this.struct.valueSchema
  }
  field(name: string): Field | null {
    return this.struct.field(name)
  }
  schema(): Schema {
    return this
  }

  /** By the struct it stands for, which is never looked into: that would not end. */
  equals(other: unknown): boolean {
    return other === this || (other instanceof RecursiveSchema && other.cycle === this.cycle)
  }

  toString(): string {
    return `Schema{${this.name}:STRUCT}`
  }
}

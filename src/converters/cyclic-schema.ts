import type { Field, Schema, SchemaType } from '../data/schema.ts'

/** The schema of a struct inside itself. Java: AvroData.CyclicSchemaWrapper, JsonSchemaData.SchemaWrapper */
export class CyclicSchema implements Schema {
  /** `cycle` is the same object wherever the struct is meant; `schema` is set when the struct is complete. */
  constructor(
    private readonly cycle: Cycle,
    readonly optional: boolean,
  ) {}

  get type(): SchemaType {
    return this.cycle.schema.type
  }
  get defaultValue(): unknown {
    return this.cycle.schema.defaultValue
  }
  get name(): string | null {
    return this.cycle.schema.name
  }
  get version(): number | null {
    return this.cycle.schema.version
  }
  get doc(): string | null {
    return this.cycle.schema.doc
  }
  get parameters(): ReadonlyMap<string, string> | null {
    return this.cycle.schema.parameters
  }
  get fields(): readonly Field[] {
    return this.cycle.schema.fields
  }
  get keySchema(): Schema | null {
    return this.cycle.schema.keySchema
  }
  get valueSchema(): Schema | null {
    return this.cycle.schema.valueSchema
  }
  field(name: string): Field | null {
    return this.cycle.schema.field(name)
  }
  schema(): Schema {
    return this.cycle.schema
  }

  equals(other: unknown): boolean {
    return (
      other instanceof CyclicSchema &&
      other.optional === this.optional &&
      (other.cycle === this.cycle || this.cycle.schema.equals(other.cycle.schema))
    )
  }

  toString(): string {
    return this.cycle.schema.toString()
  }
}

/** First the struct's draft, then the struct. */
export interface Cycle {
  schema: Schema
}

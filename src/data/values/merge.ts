import type { Schema, SchemaType } from '../schema.ts'

const WIDER: readonly SchemaType[] = ['INT8', 'INT16', 'INT32', 'INT64', 'FLOAT32', 'FLOAT64']

/**
 * The schema that all elements so far have in common: of one type the later one, of number types the wider.
 * Java: Values.SchemaMerger
 */
export class SchemaMerger {
  private schema: Schema | null = null
  private compatible = true

  /** Null when there was no element with a schema, or there were incompatible ones. */
  get common(): Schema | null {
    return this.compatible ? this.schema : null
  }

  merge(next: Schema | null): void {
    if (next === null || !this.compatible) return
    this.schema = this.schema === null ? next : merged(this.schema, next)
    this.compatible = this.schema !== null
  }
}

function merged(previous: Schema, next: Schema): Schema | null {
  if (previous.type === next.type) return next
  const from = WIDER.indexOf(previous.type)
  const to = WIDER.indexOf(next.type)
  if (from < 0 || to < 0) return null
  return from > to ? previous : next
}

import type { Schema } from '../data/schema.ts'

const KNOWN_BY_EQUALITY = 16

/**
 * What follows from a schema, made once: found by the schema's identity, and for sources that make a new schema
 * for every record by equality with one of the last 16. Java: org.apache.kafka.common.cache.LRUCache of 16
 */
export class SchemaCache<T> {
  private lastSchema: Schema | null = null
  private lastMade: T | null = null
  private readonly known = new WeakMap<Schema, { made: T }>()
  private readonly recent: { schema: Schema; made: T }[] = []

  /** @param make whose errors are thrown anew for every record, as nothing is kept then */
  constructor(private readonly make: (schema: Schema) => T) {}

  get(schema: Schema): T {
    return schema === this.lastSchema ? (this.lastMade as T) : this.find(schema)
  }

  private find(schema: Schema): T {
    let entry = this.known.get(schema)
    if (entry === undefined) {
      entry = this.recent.find(each => each.schema.equals(schema)) ?? this.add(schema)
      this.known.set(schema, entry)
    }
    this.lastSchema = schema
    this.lastMade = entry.made
    return entry.made
  }

  private add(schema: Schema): { made: T } {
    const entry = { schema, made: this.make(schema) }
    if (this.recent.push(entry) > KNOWN_BY_EQUALITY) this.recent.shift()
    return entry
  }
}

/** Record headers: an ordered multimap. Java: org.apache.kafka.connect.header.ConnectHeaders */
import type { Schema, SchemaAndValue } from './schema.ts'

/** One header; immutable. Java: org.apache.kafka.connect.header.Header */
export class ConnectHeader {
  constructor(
    readonly key: string,
    readonly schema: Schema | null,
    readonly value: unknown,
  ) {}

  rename(key: string): ConnectHeader {
    return key === this.key ? this : new ConnectHeader(key, this.schema, this.value)
  }

  with(schema: Schema | null, value: unknown): ConnectHeader {
    return new ConnectHeader(this.key, schema, value)
  }
}

export class ConnectHeaders implements Iterable<ConnectHeader> {
  private list: ConnectHeader[]

  constructor(original: Iterable<ConnectHeader> = []) {
    this.list = [...original]
  }

  get size(): number {
    return this.list.length
  }

  get isEmpty(): boolean {
    return this.list.length === 0
  }

  [Symbol.iterator](): Iterator<ConnectHeader> {
    return this.list[Symbol.iterator]()
  }

  /** Adds one at the end; other headers with that key stay. */
  add(key: string, value: unknown, schema: Schema | null): this {
    this.list.push(new ConnectHeader(key, schema, value))
    return this
  }

  addHeader(header: ConnectHeader): this {
    this.list.push(header)
    return this
  }

  addSchemaAndValue(key: string, pair: SchemaAndValue | null): this {
    return this.add(key, pair?.value ?? null, pair?.schema ?? null)
  }

  lastWithName(key: string): ConnectHeader | null {
    for (let i = this.list.length - 1; i >= 0; i--) {
      const header = this.list[i]!
      if (header.key === key) return header
    }
    return null
  }

  /** Those with that key, in order. */
  allWithName(key: string): ConnectHeader[] {
    return this.list.filter(header => header.key === key)
  }

  remove(key: string): this {
    this.list = this.list.filter(header => header.key !== key)
    return this
  }

  clear(): this {
    this.list = []
    return this
  }

  /** Keeps the last header of every key, or of `key` only, at its place. */
  retainLatest(key?: string): this {
    const seen = new Set<string>()
    const kept: ConnectHeader[] = []
    for (let i = this.list.length - 1; i >= 0; i--) {
      const header = this.list[i]!
      if ((key === undefined || header.key === key) && seen.has(header.key)) continue
      seen.add(header.key)
      kept.push(header)
    }
    this.list = kept.reverse()
    return this
  }

  /** Replaces each header, or each with `key`, by what `transform` returns; null drops it. */
  apply(transform: (header: ConnectHeader) => ConnectHeader | null, key?: string): this {
    const kept: ConnectHeader[] = []
    for (const header of this.list) {
      const next = key === undefined || header.key === key ? transform(header) : header
      if (next !== null) kept.push(next)
    }
    this.list = kept
    return this
  }

  /** A shallow copy. */
  duplicate(): ConnectHeaders {
    return new ConnectHeaders(this.list)
  }
}

import type { SchemaReference, SchemaType } from '../formats/schema-format.ts'
import type { Metadata, RuleSet } from './metadata.ts'

/** What a schema is apart from where it is registered. */
export interface SchemaContent {
  readonly type: SchemaType
  /** Canonical. */
  readonly text: string
  readonly references: readonly SchemaReference[]
  readonly metadata: Metadata | null
  readonly ruleSet: RuleSet | null
}

/** Immutable once it is stored; other versions of its context may share it. */
export interface SchemaRecord extends SchemaContent {
  readonly context: string
  /** Counts in its context. */
  readonly id: number
  readonly guid: string
}

/** Where a schema is registered. */
export interface SubjectVersion {
  readonly subject: string
  readonly version: number
  readonly id: number
  /** Softly: it still resolves by id. */
  readonly deleted: boolean
  /** Milliseconds since 1970 of its last change. */
  readonly timestamp: number
}

export interface RegisteredSchema extends SubjectVersion {
  readonly schema: SchemaRecord
}

export type DeletedFilter = 'without' | 'with' | 'only'

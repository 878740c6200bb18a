import type { ParsedSchema, SchemaType } from '../formats/schema-format.ts'
import { errors } from './errors.ts'
import { guidOf } from './guid.ts'
import {
  type Metadata,
  mergeMetadata,
  mergeRuleSets,
  type RuleSet,
  versionProperty,
  withVersionProperty,
} from './metadata.ts'
import type { SchemaParser, WrittenReference } from './parsing.ts'
import type { SchemaContent, SchemaRecord } from './schema-record.ts'
import type { SubjectConfig } from './scopes.ts'

/** A schema as a client sends it. */
export interface Draft {
  readonly type: string
  readonly text: string
  readonly references: readonly WrittenReference[]
  readonly metadata: Metadata | null
  readonly ruleSet: RuleSet | null
  /** 0 is "whatever comes next", -1 "after the latest", others are those of an import. */
  readonly version: number
  /** -1 is "whatever it gets". */
  readonly id: number
}

/** A draft whose text is a schema. */
export interface Canonical {
  readonly parsed: ParsedSchema
  readonly content: SchemaContent
  readonly guid: string
}

export interface Reading {
  readonly subject: string
  readonly normalize: boolean
  /** Then nothing that it builds on may be deleted. */
  readonly isNew: boolean
}

/** Null for a draft without a text. Throws the refusal of an invalid one. */
export function canonical(draft: Draft, parser: SchemaParser, reading: Reading): Canonical | null {
  if (draft.text.trim() === '') return null
  const { subject, normalize, isNew } = reading
  const type = draft.type as SchemaType
  const references = parser.references(type, draft.references, subject, isNew)
  const first = parser.parse(type, draft.text, references, subject, isNew)
  const parsed = normalize ? parser.parse(type, first.normalized(), references, subject, isNew) : first
  const content: SchemaContent = {
    type,
    text: parsed.text,
    references: parsed.references.map(({ name, subject, version }) => ({ name, subject, version })),
    metadata: draft.metadata,
    ruleSet: draft.ruleSet,
  }
  return { parsed, content, guid: guidOf(content) }
}

/** What a draft takes over: from the latest version what it leaves out, from the settings what they give or force. */
export function completed(
  draft: Draft,
  config: SubjectConfig,
  latest: SchemaRecord | null,
  newVersion: number | null,
): Draft {
  const taken = draft.text.trim() === '' ? textOf(latest) : {}
  const metadata = mergeMetadata(
    mergeMetadata(config.defaultMetadata ?? null, draft.metadata ?? latest?.metadata ?? null),
    config.overrideMetadata ?? null,
  )
  const named =
    newVersion !== null && (draft.version !== 0 || versionProperty(metadata) !== null)
      ? withVersionProperty(metadata, newVersion)
      : metadata
  const ruleSet = mergeRuleSets(
    mergeRuleSets(config.defaultRuleSet ?? null, draft.ruleSet ?? latest?.ruleSet ?? null),
    config.overrideRuleSet ?? null,
  )
  return { ...draft, ...taken, metadata: named, ruleSet }
}

function textOf(latest: SchemaRecord | null): Pick<Draft, 'text' | 'type' | 'references'> {
  if (latest === null) throw errors.invalidSchema('Empty schema')
  return { text: latest.text, type: latest.type, references: latest.references }
}

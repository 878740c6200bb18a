/** What a registry tells of a schema, checked where it is used. */
import type { SchemaReference, SchemaType } from '../../formats/schema-format.ts'
import { UnusableAnswer } from './registry-errors.ts'

/** A rule of a data contract. Java: io.confluent.kafka.schemaregistry.client.rest.entities.Rule */
export interface SchemaRule {
  readonly name: string
  readonly type: string
  readonly mode: string
  readonly onFailure: string | null
}

export interface RegisteredSchema {
  readonly id: number
  /** Null where the question was not about a subject. */
  readonly subject: string | null
  readonly version: number | null
  /** One that is none of ours as it is told. */
  readonly type: SchemaType | (string & {})
  readonly text: string
  readonly references: readonly SchemaReference[]
  /** Those in force; what has to be done with each record before it is written or after it is read. */
  readonly rules: readonly SchemaRule[]
  /** What has to be done with a record of another version. */
  readonly migrationRules: readonly SchemaRule[]
  /** Until when the answer holds, in ms of `Date.now`; Infinity but for a latest version. */
  readonly until: number
}

/** @throws UnusableAnswer */
export function registeredSchema(answer: object, path: string): RegisteredSchema {
  const { id, subject, version, schemaType, schema, references, ruleSet } = answer as Record<string, unknown>
  if (typeof schema !== 'string' || typeof id !== 'number') {
    throw unusable(path, typeof schema !== 'string' ? 'schema' : 'id')
  }
  const { domainRules, encodingRules, migrationRules } = (ruleSet ?? {}) as Record<string, unknown>
  return {
    id,
    subject: typeof subject === 'string' ? subject : null,
    version: typeof version === 'number' ? version : null,
    type: typeof schemaType === 'string' ? schemaType : 'AVRO',
    text: schema,
    references: Array.isArray(references) ? references.map(reference) : [],
    rules: [...rules(domainRules), ...rules(encodingRules)],
    migrationRules: rules(migrationRules),
    until: Number.POSITIVE_INFINITY,
  }
}

/** All of an answer to a registration, whose id alone is certain. @throws UnusableAnswer */
export function registeredId(answer: unknown, path: string): { id: number } {
  if (typeof answer === 'object' && answer !== null && 'id' in answer && typeof answer.id === 'number') {
    const known = Object.entries(answer).filter(([, value]) => value !== null)
    return { ...Object.fromEntries(known), id: answer.id }
  }
  throw unusable(path, 'id')
}

function reference(value: unknown): SchemaReference {
  const { name, subject, version } = value as SchemaReference
  return { name, subject, version }
}

function rules(list: unknown): SchemaRule[] {
  if (!Array.isArray(list)) return []
  return list
    .filter(rule => rule.disabled !== true)
    .map(({ name, type, mode, onFailure }) => ({
      name: String(name),
      type: String(type),
      mode: String(mode),
      onFailure: typeof onFailure === 'string' ? onFailure : null,
    }))
}

function unusable(path: string, field: string): UnusableAnswer {
  return new UnusableAnswer(`The registry's answer to ${path} has no "${field}"`, {
    hint: 'Is schema.registry.url the address of a schema registry?',
  })
}

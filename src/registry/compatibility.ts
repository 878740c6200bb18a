/**
 * Which earlier schemas a new one is held against, and what is said of it.
 * Java: io.confluent.kafka.schemaregistry.CompatibilityChecker and SchemaValidatorBuilder
 */
import type { ParsedSchema } from '../formats/schema-format.ts'
import { spokenReasons } from '../formats/spoken-reasons.ts'

export const LEVELS = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const

export type CompatibilityLevel = (typeof LEVELS)[number]

export interface EarlierSchema {
  readonly version: number
  /** Parsed when it is looked at: most levels look at the latest alone. */
  parsed(): ParsedSchema
}

/** As many characters of an earlier schema as a message shows. */
const SHOWN = 10 * 1024

export function parseLevel(text: string): CompatibilityLevel | null {
  return LEVELS.find(level => level === text.toUpperCase()) ?? null
}

/** The reasons against a schema, of the first earlier one that speaks against it; `earlier` oldest first. */
export function incompatibilities(
  schema: ParsedSchema,
  earlier: readonly EarlierSchema[],
  level: CompatibilityLevel,
): string[] {
  if (level === 'NONE') return []
  const heldAgainst = level.endsWith('_TRANSITIVE') ? earlier : earlier.slice(-1)
  for (const one of heldAgainst.toReversed()) {
    const reasons = against(schema, one, level)
    if (reasons.length > 0) return reasons
  }
  return []
}

function against(schema: ParsedSchema, earlier: EarlierSchema, level: CompatibilityLevel): string[] {
  const old = earlier.parsed()
  if (old.type !== schema.type) return ['Incompatible because of different schema type']
  const forward = level.startsWith('BACKWARD')
    ? []
    : spokenReasons(old.incompatibilities(schema), 'old', 'new')
  const backward = level.startsWith('FORWARD')
    ? []
    : spokenReasons(schema.incompatibilities(old), 'new', 'old')
  // Where both directions are asked, Java shows the earlier schema only for the one that comes last.
  const shows = level.startsWith('FULL') ? backward.length > 0 : true
  const reasons = [...forward, ...backward]
  return reasons.length > 0 && shows ? [...reasons, ...shown(earlier.version, old.text)] : reasons
}

function shown(version: number, text: string): string[] {
  const schema =
    text.length <= SHOWN ? `{oldSchema: '${text}'}` : `{oldSchema: <truncated> '${text.slice(0, SHOWN)}...'}`
  return [`{oldSchemaVersion: ${version}}`, schema]
}

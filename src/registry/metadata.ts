/**
 * What a schema carries beside its text. Java: io.confluent.kafka.schemaregistry.client.rest.entities.Metadata, RuleSet
 */

export interface Metadata {
  readonly tags?: Readonly<Record<string, readonly string[]>>
  readonly properties?: Readonly<Record<string, string>>
  readonly sensitive?: readonly string[]
}

/** Rules are for clients: the registry keeps them and gives them back. */
export interface RuleSet {
  readonly migrationRules?: readonly Rule[]
  readonly domainRules?: readonly Rule[]
  readonly encodingRules?: readonly Rule[]
  readonly enableAt?: string
}

export interface Rule {
  readonly name: string
  readonly [more: string]: unknown
}

const VERSION_PROPERTY = 'confluent:version'

/** What `over` says wins, key by key. */
export function mergeMetadata(under: Metadata | null, over: Metadata | null): Metadata | null {
  if (under === null || over === null) return under ?? over
  return orderedMetadata({
    tags: { ...under.tags, ...over.tags },
    properties: { ...under.properties, ...over.properties },
    sensitive: [...(under.sensitive ?? []), ...(over.sensitive ?? [])],
  })
}

/** Sorted, without what is empty: as Java keeps and prints it. */
export function orderedMetadata({ tags = {}, properties = {}, sensitive = [] }: Metadata): Metadata {
  return {
    ...(Object.keys(tags).length > 0 && { tags: sorted(tags) }),
    ...(Object.keys(properties).length > 0 && { properties: sorted(properties) }),
    ...(sensitive.length > 0 && { sensitive: [...new Set(sensitive)].sort() }),
  }
}

/** Rules of the same name are replaced by those of `over`. */
export function mergeRuleSets(under: RuleSet | null, over: RuleSet | null): RuleSet | null {
  if (under === null || over === null) return under ?? over
  const merged: Record<string, unknown> = { ...under, ...over }
  for (const kind of ['migrationRules', 'domainRules', 'encodingRules'] as const) {
    if (!under[kind] && !over[kind]) continue
    const names = new Set(over[kind]?.map(rule => rule.name))
    merged[kind] = [...(under[kind] ?? []).filter(rule => !names.has(rule.name)), ...(over[kind] ?? [])]
  }
  return merged
}

export function versionProperty(metadata: Metadata | null): string | null {
  return metadata?.properties?.[VERSION_PROPERTY] ?? null
}

export function withVersionProperty(metadata: Metadata | null, version: number): Metadata {
  return mergeMetadata(metadata, { properties: { [VERSION_PROPERTY]: String(version) } })!
}

/** Whether two schemas differ in nothing but the version that their metadata name. */
export function sameButVersion(a: Metadata | null, b: Metadata | null): boolean {
  return JSON.stringify(comparable(a)) === JSON.stringify(comparable(b))
}

function comparable(metadata: Metadata | null): unknown {
  const { [VERSION_PROPERTY]: _, ...properties } = metadata?.properties ?? {}
  return [sorted(metadata?.tags ?? {}), sorted(properties), metadata?.sensitive?.toSorted() ?? []]
}

function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}

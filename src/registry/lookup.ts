import type { ParsedSchema } from '../formats/schema-format.ts'
import { type Canonical, canonical, completed, type Draft } from './draft.ts'
import { sameButVersion, versionProperty } from './metadata.ts'
import type { SchemaParser } from './parsing.ts'
import type { RegisteredSchema, SchemaRecord, SubjectVersion } from './schema-record.ts'
import type { Scopes } from './scopes.ts'
import type { RegistryStore } from './store.ts'
import { contextPrefix, DEFAULT_CONTEXT, parseSubject } from './subject.ts'

export interface LookupOptions {
  readonly normalize: boolean
  readonly deleted: boolean
  readonly latestOnly?: boolean
}

/** Finds schemas. Reads alone. */
export class Lookup {
  readonly #store: RegistryStore
  readonly #parser: SchemaParser
  readonly #scopes: Scopes

  constructor(store: RegistryStore, parser: SchemaParser, scopes: Scopes) {
    this.#store = store
    this.#parser = parser
    this.#scopes = scopes
  }

  /** `version` -1 is the latest that is not deleted. */
  version(subject: string, version: number, deleted: boolean): RegisteredSchema | null {
    const found = version === -1 ? this.latest(subject) : this.#store.version(subject, version)
    if (!found || (found.deleted && !deleted)) return null
    return this.#store.registered(found, parseSubject(subject).context)
  }

  /** A subject without a context is looked for in every one, the default one first. */
  versionInContexts(subject: string, version: number, deleted: boolean): RegisteredSchema | null {
    return this.#inContexts(subject, each => this.version(each, version, deleted))
  }

  latest(subject: string): SubjectVersion | null {
    return this.#store.versions(subject).findLast(one => !one.deleted) ?? null
  }

  hasSubject(subject: string, deleted: boolean): boolean {
    return this.#store.versions(subject).some(one => deleted || !one.deleted)
  }

  /** Where a schema is registered under a subject, in whatever context; null where it is not. */
  schemaInContexts(subject: string, draft: Draft, options: LookupOptions): RegisteredSchema | null {
    return this.#inContexts(subject, each => this.#withDefaults(each, draft, options))
  }

  /** Java: AbstractSchemaRegistry.lookUpSchemaUnderSubject */
  schema(subject: string, draft: Draft, options: LookupOptions): RegisteredSchema | null {
    const found = canonical(draft, this.#parser, { subject, normalize: options.normalize, isNew: false })
    if (found === null) return null
    const versions = this.#store.versions(subject).filter(one => options.deleted || !one.deleted)
    const candidates = options.latestOnly ? versions.filter(one => !one.deleted).slice(-1) : versions
    const same = options.latestOnly ? undefined : this.#byGuid(subject, found)
    const exact = same && candidates.findLast(one => one.id === same.id)
    if (exact) return { ...exact, schema: same }
    const { context } = parseSubject(subject)
    for (const one of candidates.toReversed()) {
      const registered = this.#store.registered(one, context)
      if (this.isAlike(found, registered.schema, subject, one.version)) return registered
    }
    return null
  }

  /**
   * Whether a stored schema is the sought one though their guids differ: that of a client which resolved the
   * references itself, or does not know the version that the metadata name. Java: ParsedSchema.canLookup
   */
  isAlike(sought: Canonical, stored: SchemaRecord, subject: string, version: number): boolean {
    const { content, parsed } = sought
    if (content.type !== stored.type || !sameButVersion(content.metadata, stored.metadata)) return false
    if (JSON.stringify(content.ruleSet) !== JSON.stringify(stored.ruleSet)) return false
    const named = versionProperty(content.metadata)
    if (named !== null && (versionProperty(stored.metadata) ?? String(version)) !== named) return false
    const references = JSON.stringify(content.references)
    if (references === JSON.stringify(stored.references)) return content.text === stored.text
    if (content.references.length > 0) return false
    const whole = resolved(this.#parser.stored(stored, subject))
    return whole !== null && whole === resolved(parsed)
  }

  /** The schema with an id, as one asks who found the id in data of `subject`. Null where there is none. */
  byId(id: number, subject: string | null): { schema: SchemaRecord; place: SubjectVersion } | null {
    const { context, name } = parseSubject(subject ?? '')
    const own = this.#placed(context, id, name === '' ? null : subject)
    if (own !== null || name === '' || context !== DEFAULT_CONTEXT) return own
    for (const other of this.#store.contexts()) {
      const found = this.#placed(other, id, contextPrefix(other) + name)
      if (found !== null) return found
    }
    return this.#placed(context, id, null)
  }

  #placed(context: string, id: number, subject: string | null) {
    const schema = this.#store.schema(context, id)
    const places = this.#store.placesOf(context, id)
    const place = subject === null ? places[0] : places.findLast(one => one.subject === subject)
    return schema !== null && place !== undefined ? { schema, place } : null
  }

  #byGuid(subject: string, { content, guid }: Canonical): SchemaRecord | undefined {
    return this.#store.schemaByGuid(parseSubject(subject).context, guid, content.type) ?? undefined
  }

  /** As a registration would find it, which takes over metadata and rules of the latest version. */
  #withDefaults(subject: string, draft: Draft, options: LookupOptions): RegisteredSchema | null {
    const found = this.schema(subject, draft, options)
    const latest = found === null ? this.version(subject, -1, false) : null
    if (found !== null || latest === null || draft.text.trim() === '') return found
    const more = completed(draft, this.#scopes.config(subject), latest.schema, null)
    if (more.metadata === draft.metadata && more.ruleSet === draft.ruleSet) return null
    return this.schema(subject, more, options)
  }

  #inContexts<T>(subject: string, find: (subject: string) => T | null): T | null {
    const found = find(subject)
    const { context, name } = parseSubject(subject)
    if (found !== null || context !== DEFAULT_CONTEXT) return found
    for (const other of this.#store.contexts()) {
      const there = find(contextPrefix(other) + name)
      if (there !== null) return there
    }
    return null
  }
}

function resolved(schema: ParsedSchema): string | null {
  return schema.formatted?.('resolved') ?? null
}

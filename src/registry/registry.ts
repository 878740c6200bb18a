import { type CompatibilityLevel, incompatibilities } from './compatibility.ts'
import { type Canonical, canonical, completed, type Draft } from './draft.ts'
import { errors } from './errors.ts'
import type { SchemaFormats } from './formats.ts'
import { Lookup } from './lookup.ts'
import { SchemaParser } from './parsing.ts'
import type { RegisteredSchema, SchemaRecord, SubjectVersion } from './schema-record.ts'
import { type Mode, Scopes, type SubjectConfig } from './scopes.ts'
import type { RegistryStore } from './store.ts'
import { besideSubject, contextPrefix, DEFAULT_CONTEXT, parseSubject } from './subject.ts'

export interface RegistrySettings {
  /** `schema.compatibility.level` */
  readonly compatibilityLevel: CompatibilityLevel
  /** `mode.mutability` */
  readonly modeMutability: boolean
}

export const plainRegistrySettings: RegistrySettings = {
  compatibilityLevel: 'BACKWARD',
  modeMutability: true,
}

/**
 * What may be registered and deleted. A request reads and writes in one turn once the schema languages that it needs
 * are there, so of two that come at once one is first and the other sees it.
 * Java: io.confluent.kafka.schemaregistry.storage.KafkaSchemaRegistry
 */
export class Registry {
  readonly store: RegistryStore
  readonly scopes: Scopes
  readonly lookup: Lookup
  readonly formats: SchemaFormats
  readonly settings: RegistrySettings
  readonly #parser: SchemaParser

  constructor(store: RegistryStore, formats: SchemaFormats, settings: RegistrySettings) {
    this.store = store
    this.formats = formats
    this.settings = settings
    this.scopes = new Scopes(store, settings.compatibilityLevel)
    this.#parser = new SchemaParser(store, formats)
    this.lookup = new Lookup(store, this.#parser, this.scopes)
  }

  /** The schema is there already, or it is registered. */
  async register(subject: string, draft: Draft, normalize: boolean): Promise<RegisteredSchema> {
    await this.#load(subject, draft)
    const config = this.scopes.config(subject)
    const options = { normalize: normalize || config.normalize === true, deleted: false }
    const found = hasDefaults(config) ? null : this.#existing(subject, draft, options)
    return found ?? this.store.write(() => this.#register(subject, draft, options.normalize))
  }

  /** Null where it is not registered; an unknown type and an invalid text are refused. */
  async find(subject: string, draft: Draft, normalize: boolean, deleted: boolean) {
    await this.#load(subject, draft)
    for (const context of this.store.contexts())
      await this.formats.load(this.store.typesOf(besideSubject(contextPrefix(context), subject)))
    const config = this.scopes.config(subject)
    return this.lookup.schemaInContexts(subject, draft, {
      normalize: normalize || config.normalize === true,
      deleted,
    })
  }

  /**
   * Why a schema could not follow those of its subject, or that one version; empty where it could. `version` null is
   * all that the level asks for.
   */
  async check(subject: string, draft: Draft, version: number | null, normalize: boolean): Promise<string[]> {
    await this.#load(subject, draft)
    const earlier =
      version === null
        ? this.store.versions(subject).filter(one => !one.deleted)
        : [this.lookup.version(subject, version, false)].filter(one => one !== null)
    if (earlier.length === 0 && version !== null && version !== -1) throw errors.versionNotFound(version)
    const config = this.scopes.config(subject)
    const found = canonical(draft, this.#parser, {
      subject,
      normalize: normalize || config.normalize === true,
      isNew: true,
    })
    if (found === null) throw errors.invalidSchema('Empty schema')
    return this.#against(subject, found, earlier, config)
  }

  /** The text of a stored schema in another form; its own where its language has no such form. */
  async formatted(record: SchemaRecord, subject: string, format: string): Promise<string> {
    if (format.trim() === '') return record.text
    await this.formats.load([record.type])
    return this.#parser.stored(record, subject).formatted?.(format) ?? record.text
  }

  /** Refuses where a subject, or for null what holds for all, may not be changed. */
  checkWritable(subject: string | null): void {
    const mode = this.scopes.mode(subject)
    if (mode === 'READONLY' || mode === 'READONLY_OVERRIDE')
      throw notPermittedIn(subject, 'is in read-only mode')
  }

  async #load(subject: string, draft: Draft): Promise<void> {
    await this.formats.load([draft.type, ...this.store.typesOf(subject)])
  }

  /** What registers nothing may be asked in any mode. Java: KafkaSchemaRegistry.registerOrForward */
  #existing(subject: string, draft: Draft, options: { normalize: boolean; deleted: boolean }) {
    const found = this.lookup.schema(subject, draft, { ...options, latestOnly: draft.version === -1 })
    if (found === null) return null
    if (draft.version <= 0) return draft.id < 0 || draft.id === found.id ? found : null
    if (draft.id !== found.id) return null
    const there = this.lookup.version(subject, draft.version, false)
    return there?.id === found.id ? there : null
  }

  #register(subject: string, given: Draft, normalize: boolean): RegisteredSchema {
    const mode = this.#checkRegisterMode(subject, given)
    const { context } = parseSubject(subject)
    const versions = this.store.versions(subject)
    const live = versions.filter(one => !one.deleted)
    const latest = live.at(-1)
    const next = (versions.at(-1)?.version ?? 0) + 1
    const config = this.scopes.config(subject)
    const isImport = mode === 'IMPORT'
    const latestSchema = latest ? this.store.schema(context, latest.id) : null
    const draft = isImport ? given : completed(given, config, latestSchema, next)
    const found = canonical(draft, this.#parser, { subject, normalize, isNew: draft.id < 0 })
    if (found === null) throw errors.invalidSchema('Empty schema')
    const same = this.#sameSchema(context, found, draft.id)
    const there = draft.version === 0 ? this.#under(subject, live, found, same, draft.id) : null
    if (there !== null) return there
    if (!isImport) {
      const reasons = this.#against(subject, found, live, config)
      if (reasons.length > 0) throw errors.incompatible(subject, reasons)
      if (draft.version > 0 && draft.version !== next)
        throw errors.invalidSchema('Version is not one more than previous version')
    }
    const version = draft.version > 0 ? draft.version : next
    const schema = same ?? this.#add(subject, found, draft.id)
    return this.#place({ subject, version, schema }, versions)
  }

  /** Java: AbstractSchemaRegistry.checkRegisterMode */
  #checkRegisterMode(subject: string, { id }: Draft): Mode {
    this.checkWritable(subject)
    const mode = this.scopes.mode(subject)
    if (id >= 0 && mode !== 'IMPORT') throw notPermittedIn(subject, 'is not in import mode')
    if (id < 0 && mode !== 'READWRITE') throw notPermittedIn(subject, 'is not in read-write mode')
    return mode
  }

  /** The stored schema of the same content, unless an import wants another id. */
  #sameSchema(context: string, { content, guid }: Canonical, id: number): SchemaRecord | null {
    const same = this.store.schemaByGuid(context, guid, content.type)
    return same !== null && (id < 0 || id === same.id) ? same : null
  }

  #under(
    subject: string,
    live: readonly SubjectVersion[],
    found: Canonical,
    same: SchemaRecord | null,
    id: number,
  ): RegisteredSchema | null {
    const exact = same && live.findLast(one => one.id === same.id)
    if (exact) return { ...exact, schema: same }
    const { context } = parseSubject(subject)
    for (const one of live.toReversed()) {
      const registered = this.store.registered(one, context)
      if ((id < 0 || id === one.id) && this.lookup.isAlike(found, registered.schema, subject, one.version))
        return registered
    }
    return null
  }

  #add(subject: string, { content, guid }: Canonical, wanted: number): SchemaRecord {
    const { context } = parseSubject(subject)
    if (wanted >= 0 && this.store.schema(context, wanted) !== null)
      throw errors.notPermitted(
        `Overwrite new schema with id ${wanted} in context ${contextPrefix(context)} is not permitted.`,
      )
    const id = wanted >= 0 ? wanted : this.store.nextId(context)
    const record: SchemaRecord = { ...content, guid, context, id }
    this.store.putSchema(
      record,
      content.references.map(one => ({ ...one, subject: besideSubject(subject, one.subject) })),
    )
    return record
  }

  #place(
    { subject, version, schema }: { subject: string; version: number; schema: SchemaRecord },
    versions: readonly SubjectVersion[],
  ): RegisteredSchema {
    const { context, id } = schema
    if (context !== DEFAULT_CONTEXT) this.store.addContext(context)
    const placed: SubjectVersion = { subject, version, id, deleted: false, timestamp: Date.now() }
    const replaced = versions.find(one => one.version === version)
    this.store.putVersion(placed, context)
    if (replaced && replaced.id !== id) this.store.dropIfUnused(context, replaced.id)
    // A schema that comes back leaves no deleted version of itself behind.
    for (const one of versions)
      if (one.deleted && one.id === id && one.version < version) this.store.removeVersion(one, context)
    return { ...placed, schema }
  }

  #against(
    subject: string,
    found: Canonical,
    earlier: readonly SubjectVersion[],
    config: SubjectConfig & { readonly compatibilityLevel: CompatibilityLevel },
  ): string[] {
    const { context } = parseSubject(subject)
    const group = config.compatibilityGroup
    const schemas = earlier.map(({ version, id }) => ({ version, schema: this.store.schema(context, id)! }))
    const compared =
      group === undefined
        ? schemas
        : schemas.filter(
            ({ schema }) =>
              schema.metadata?.properties?.[group] === found.content.metadata?.properties?.[group],
          )
    const reasons = incompatibilities(
      found.parsed,
      compared.map(({ version, schema }) => ({
        version,
        parsed: () => this.#parser.stored(schema, subject),
      })),
      config.compatibilityLevel,
    )
    if (reasons.length === 0) return reasons
    return [
      ...reasons,
      `{validateFields: '${config.validateFields ?? false}', compatibility: '${config.compatibilityLevel}'}`,
    ]
  }
}

function notPermittedIn(subject: string | null, state: string) {
  const context = contextPrefix(parseSubject(subject ?? '').context)
  return errors.notPermitted(`Subject ${subject} in context ${context} ${state}`)
}

function hasDefaults(config: SubjectConfig): boolean {
  return [
    config.defaultMetadata,
    config.overrideMetadata,
    config.defaultRuleSet,
    config.overrideRuleSet,
  ].some(one => one !== undefined)
}

import type { CompatibilityLevel } from './compatibility.ts'
import type { Metadata, RuleSet } from './metadata.ts'
import type { RegistryStore } from './store.ts'
import { contextPrefix, DEFAULT_CONTEXT, GLOBAL_CONTEXT, parseSubject } from './subject.ts'

/** As `/config` shows it. Java: io.confluent.kafka.schemaregistry.client.rest.entities.Config */
export interface SubjectConfig {
  readonly alias?: string
  readonly normalize?: boolean
  readonly validateFields?: boolean
  readonly validateNames?: boolean
  readonly validateNewSchemas?: boolean
  readonly validateRules?: boolean
  readonly compatibilityLevel?: CompatibilityLevel
  readonly compatibilityPolicy?: string
  /** The property of a schema's metadata whose values part a subject's schemas: only within one are they compared. */
  readonly compatibilityGroup?: string
  readonly defaultMetadata?: Metadata
  readonly overrideMetadata?: Metadata
  readonly defaultRuleSet?: RuleSet
  readonly overrideRuleSet?: RuleSet
}

/** Java: io.confluent.kafka.schemaregistry.storage.Mode */
export const MODES = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT'] as const
export type Mode = (typeof MODES)[number]

/** Of the settings of all subjects. */
const ALL = ''

/**
 * Settings of a subject, of its context, and of all. `null` for a subject means all.
 * Java: io.confluent.kafka.schemaregistry.storage.InMemoryCache.config and mode
 */
export class Scopes {
  readonly #store: RegistryStore
  readonly #default: CompatibilityLevel

  constructor(store: RegistryStore, defaultLevel: CompatibilityLevel) {
    this.#store = store
    this.#default = defaultLevel
  }

  /** Its own alone; what holds for all is never missing. */
  ownConfig(subject: string | null): SubjectConfig | null {
    const config = this.storedConfig(subject)
    return subject === null ? { compatibilityLevel: this.#default, ...config } : config
  }

  /** What was set, without the level that holds where none was. */
  storedConfig(subject: string | null): SubjectConfig | null {
    const text = this.#store.setting('configs', subject ?? ALL)
    return text === null ? null : JSON.parse(text)
  }

  /** What holds for it; there always is a level. */
  config(subject: string | null): SubjectConfig & { readonly compatibilityLevel: CompatibilityLevel } {
    const wider = this.#wider(subject)
    const found = [subject, ...wider].map(scope => this.ownConfig(scope))
    const compatibilityLevel =
      found.find(config => config?.compatibilityLevel !== undefined)?.compatibilityLevel ?? this.#default
    return { ...found.find(config => config !== null), compatibilityLevel }
  }

  putConfig(subject: string | null, config: SubjectConfig): void {
    this.#store.putSetting('configs', subject ?? ALL, JSON.stringify(config))
  }

  removeConfig(subject: string | null): void {
    this.#store.removeSetting('configs', subject ?? ALL)
  }

  /** Its own alone; what holds for all is never missing, and where that overrides, it is everybody's. */
  ownMode(subject: string | null): Mode | null {
    const all = this.#mode(null) ?? 'READWRITE'
    if (subject === null || all === 'READONLY_OVERRIDE') return all
    return this.#mode(subject)
  }

  mode(subject: string | null): Mode {
    const all = this.#mode(null)
    if (all === 'READONLY_OVERRIDE') return all
    return (
      [subject, ...this.#wider(subject)].map(scope => this.#mode(scope)).find(mode => mode !== null) ??
      'READWRITE'
    )
  }

  putMode(subject: string | null, mode: Mode): void {
    this.#store.putSetting('modes', subject ?? ALL, mode)
  }

  removeMode(subject: string | null): void {
    this.#store.removeSetting('modes', subject ?? ALL)
  }

  #mode(subject: string | null): Mode | null {
    return this.#store.setting('modes', subject ?? ALL) as Mode | null
  }

  /** What holds where a subject says nothing: other contexts than the default one do not ask that of all. */
  #wider(subject: string | null): (string | null)[] {
    if (subject === null) return []
    const { context } = parseSubject(subject)
    return context === DEFAULT_CONTEXT ? [null] : [contextPrefix(context), GLOBAL_CONTEXT]
  }
}

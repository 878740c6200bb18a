import {
  InvalidSchema,
  type ParsedSchema,
  type ResolvedReference,
  type SchemaReference,
  type SchemaType,
} from '../formats/schema-format.ts'
import { errors } from './errors.ts'
import type { SchemaFormats } from './formats.ts'
import type { SchemaRecord } from './schema-record.ts'
import type { RegistryStore } from './store.ts'
import { besideSubject, parseSubject } from './subject.ts'

/** As a client wrote it; any part may be missing. */
export interface WrittenReference {
  readonly name?: string | null
  readonly subject?: string | null
  /** -1 is the latest. */
  readonly version?: number | null
}

/** Characters of parsed schemas that are kept: registrations are held against the same ones again and again. */
const MOST_KEPT = 8 * 1024 * 1024
/** Beyond what anybody nests; a ring of references can only come from imports. */
const DEEPEST = 100

/** Texts of the store and of requests as schemas, their references resolved. */
export class SchemaParser {
  readonly #store: RegistryStore
  readonly #formats: SchemaFormats
  /** By what they are; those that were asked for last stand last. */
  readonly #kept = new Map<string, ParsedSchema>()
  #keptCharacters = 0

  constructor(store: RegistryStore, formats: SchemaFormats) {
    this.#store = store
    this.#formats = formats
  }

  /** A text of a request for `subject`. Throws the refusal of an invalid one. */
  parse(
    type: SchemaType,
    text: string,
    references: readonly SchemaReference[],
    subject: string,
    isNew: boolean,
  ): ParsedSchema {
    return refusing(type, () =>
      this.#formats.get(type).parse(text, this.#resolve(references, subject, isNew, 0), isNew),
    )
  }

  /** What is stored; `subject` is any that it is registered under. */
  stored(record: SchemaRecord, subject: string): ParsedSchema {
    return refusing(record.type, () => this.#stored(record, subject))
  }

  #stored(record: SchemaRecord, subject: string): ParsedSchema {
    // What references stand for can change where versions are imported anew: they are part of the name.
    const resolved = this.#resolve(record.references, subject, false, 0)
    const key = JSON.stringify([record.type, record.text, resolved])
    const kept = this.#kept.get(key)
    const parsed = kept ?? this.#formats.get(record.type).parse(record.text, resolved)
    this.#kept.delete(key)
    this.#kept.set(key, parsed)
    if (kept === undefined) this.#keptCharacters += key.length
    this.#forgetTooMuch()
    return parsed
  }

  /** Invariant 7. */
  #forgetTooMuch(): void {
    for (const key of this.#kept.keys()) {
      if (this.#keptCharacters <= MOST_KEPT) return
      this.#kept.delete(key)
      this.#keptCharacters -= key.length
    }
  }

  /** With versions in place of "the latest". Throws the refusal of one that lacks a part or stands for nothing. */
  references(
    type: string,
    written: readonly WrittenReference[],
    subject: string,
    isNew: boolean,
  ): SchemaReference[] {
    const invalid = (details: string) =>
      errors.invalidSchema(`Invalid schema of type ${type}, details: ${details}`)
    return written.map(reference => {
      const { name, subject: target, version } = reference
      if (!name || !target || typeof version !== 'number')
        throw invalid(
          `Invalid reference: {name='${name ?? null}', subject='${target ?? null}', version=${version ?? null}}`,
        )
      const found = this.#find(besideSubject(subject, target), version, isNew)
      if (found === null) throw invalid(missing(besideSubject(subject, target), version))
      return { name, subject: target, version: found.version }
    })
  }

  #resolve(
    references: readonly SchemaReference[],
    subject: string,
    isNew: boolean,
    depth: number,
  ): ResolvedReference[] {
    if (depth > DEEPEST) throw new InvalidSchema(`The references of subject "${subject}" do not end`)
    return references.map(reference => {
      const target = besideSubject(subject, reference.subject)
      const found = this.#find(target, reference.version, isNew)
      if (found === null) throw new InvalidSchema(missing(target, reference.version))
      return {
        ...reference,
        text: found.schema.text,
        references: this.#resolve(found.schema.references, target, isNew, depth + 1),
      }
    })
  }

  /** What is new may not build on what is deleted. */
  #find(subject: string, version: number, isNew: boolean) {
    const found =
      version === -1
        ? this.#store.versions(subject).findLast(one => !one.deleted)
        : this.#store.version(subject, version)
    if (!found || (isNew && found.deleted)) return null
    return this.#store.registered(found, parseSubject(subject).context)
  }
}

function refusing<T>(type: SchemaType, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof InvalidSchema)) throw error
    throw errors.invalidSchema(`Invalid schema of type ${type}, details: ${error.message}`, error)
  }
}

function missing(subject: string, version: number): string {
  return `No schema reference found for subject "${subject}" and version ${version}`
}

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

/** A schema that others build on, put together once for all of them. */
type Behind = Pick<ResolvedReference, 'text' | 'references'> & { readonly guid: string }

/** One question for what references stand for. */
interface Walk {
  /** What is new may not build on what is deleted. */
  readonly isNew: boolean
  /** By version and subject: what many build on would be walked through as often as there are ways to it. */
  readonly behind: Map<string, Behind>
}

interface Kept {
  readonly parsed: ParsedSchema
  readonly characters: number
}

/** Texts of the store and of requests as schemas, their references resolved. */
export class SchemaParser {
  readonly #store: RegistryStore
  readonly #formats: SchemaFormats
  /** By what they are; those that were asked for last stand last. */
  readonly #kept = new Map<string, Kept>()
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
      this.#formats.get(type).parse(text, this.#resolve(references, subject, walk(isNew), 0), isNew),
    )
  }

  /** What is stored; `subject` is any that it is registered under. */
  stored(record: SchemaRecord, subject: string): ParsedSchema {
    return refusing(record.type, () => this.#stored(record, subject))
  }

  #stored(record: SchemaRecord, subject: string): ParsedSchema {
    const { type, text, references } = record
    const seen = walk(false)
    const resolved = this.#resolve(references, subject, seen, 0)
    // What references stand for can change where versions are imported anew: it is part of the name.
    const behind = Array.from(seen.behind, ([place, { guid }]) => [place, guid])
    const key = JSON.stringify([type, text, references, behind])
    const kept = this.#kept.get(key) ?? {
      parsed: this.#formats.get(type).parse(text, resolved),
      characters: [...seen.behind.values()].reduce((sum, one) => sum + one.text.length, key.length),
    }
    if (!this.#kept.delete(key)) this.#keptCharacters += kept.characters
    this.#kept.set(key, kept)
    this.#forgetTooMuch()
    return kept.parsed
  }

  /** Invariant 7. */
  #forgetTooMuch(): void {
    for (const [key, { characters }] of this.#kept) {
      if (this.#keptCharacters <= MOST_KEPT) return
      this.#kept.delete(key)
      this.#keptCharacters -= characters
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
    walk: Walk,
    depth: number,
  ): ResolvedReference[] {
    if (depth > DEEPEST) throw new InvalidSchema(`The references of subject "${subject}" do not end`)
    return references.map(reference => {
      const target = besideSubject(subject, reference.subject)
      const { text, references: its } = this.#behind(target, reference.version, walk, depth)
      return { ...reference, text, references: its }
    })
  }

  #behind(subject: string, version: number, walk: Walk, depth: number): Behind {
    const place = `${version} ${subject}`
    const known = walk.behind.get(place)
    if (known !== undefined) return known
    const found = this.#find(subject, version, walk.isNew)
    if (found === null) throw new InvalidSchema(missing(subject, version))
    const { guid, text, references } = found.schema
    const behind = { guid, text, references: this.#resolve(references, subject, walk, depth + 1) }
    walk.behind.set(place, behind)
    return behind
  }

  #find(subject: string, version: number, isNew: boolean) {
    const found =
      version === -1
        ? this.#store.versions(subject).findLast(one => !one.deleted)
        : this.#store.version(subject, version)
    if (!found || (isNew && found.deleted)) return null
    return this.#store.registered(found, parseSubject(subject).context)
  }
}

function walk(isNew: boolean): Walk {
  return { isNew, behind: new Map() }
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

import type { SchemaFormat, SchemaType } from '../formats/schema-format.ts'
import { errors } from './errors.ts'

export type FormatLoaders = Readonly<Partial<Record<SchemaType, () => Promise<SchemaFormat>>>>

/** The schema languages, each loaded when its first schema comes. */
export class SchemaFormats {
  readonly #loaders: FormatLoaders
  readonly #loaded = new Map<SchemaType, SchemaFormat>()

  constructor(loaders: FormatLoaders) {
    this.#loaders = loaders
  }

  get types(): SchemaType[] {
    return Object.keys(this.#loaders) as SchemaType[]
  }

  /** From then on `get` has them. Throws the refusal of a schema whose type is none. */
  async load(types: Iterable<string>): Promise<void> {
    for (const type of new Set(types)) {
      if (!this.#isKnown(type)) throw errors.invalidSchema(`Invalid schema type ${type}`)
      if (!this.#loaded.has(type)) this.#loaded.set(type, await this.#loaders[type]!())
    }
  }

  get(type: SchemaType): SchemaFormat {
    const format = this.#loaded.get(type)
    if (format === undefined) throw new Error(`The schema language ${type} has not been loaded`)
    return format
  }

  #isKnown(type: string): type is SchemaType {
    return Object.hasOwn(this.#loaders, type)
  }
}

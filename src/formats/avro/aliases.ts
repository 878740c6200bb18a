/** A writer's schema under the names that the reader's aliases give to its types and fields. Java: Schema.applyAliases */

import type { Name } from './names.ts'
import { type AvroField, type AvroType, isNamed, type RecordType } from './types.ts'

/** The same schema where the reader has no aliases. */
export function withAliases(writer: AvroType, reader: AvroType): AvroType {
  const aliases = new Aliases()
  aliases.collect(reader)
  return aliases.isEmpty ? writer : aliases.rename(writer)
}

class Aliases {
  /** By former full name. */
  readonly #types = new Map<string, Name>()
  /** By the record's name, then by the field's former one. */
  readonly #fields = new Map<string, Map<string, string>>()
  readonly #seen = new Set<AvroType>()
  readonly #renamed = new Map<AvroType, RecordType>()

  get isEmpty(): boolean {
    return this.#types.size === 0 && this.#fields.size === 0
  }

  collect(type: AvroType): void {
    if (isNamed(type)) for (const alias of type.aliases) this.#types.set(alias.full, type.name)
    switch (type.type) {
      case 'record':
        if (this.#seen.has(type)) return
        this.#seen.add(type)
        for (const field of type.fields) {
          this.#collectField(type, field)
          this.collect(field.type)
        }
        break
      case 'array':
        this.collect(type.items)
        break
      case 'map':
        this.collect(type.values)
        break
      case 'union':
        type.types.forEach(branch => {
          this.collect(branch)
        })
        break
    }
  }

  #collectField(record: RecordType, field: AvroField): void {
    if (field.aliases.length === 0) return
    const names = this.#fields.get(record.name.full) ?? new Map<string, string>()
    this.#fields.set(record.name.full, names)
    for (const alias of field.aliases) names.set(alias, field.name)
  }

  rename(type: AvroType): AvroType {
    switch (type.type) {
      case 'record':
        return this.#renamed.get(type) ?? this.#renameRecord(type)
      case 'enum':
      case 'fixed':
        return { ...type, name: this.#types.get(type.name.full) ?? type.name }
      case 'array':
        return { ...type, items: this.rename(type.items) }
      case 'map':
        return { ...type, values: this.rename(type.values) }
      case 'union':
        return { ...type, types: type.types.map(branch => this.rename(branch)) }
      default:
        return type
    }
  }

  #renameRecord(type: RecordType): RecordType {
    const name = this.#types.get(type.name.full) ?? type.name
    const fields: AvroField[] = []
    const renamed = { ...type, name, fields }
    this.#renamed.set(type, renamed)
    const names = this.#fields.get(name.full)
    for (const field of type.fields)
      fields.push({ ...field, name: names?.get(field.name) ?? field.name, type: this.rename(field.type) })
    return renamed
  }
}

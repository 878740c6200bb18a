/** Avro schemas from their JSON. Java: Schema.Parser of Avro 1.12 */
import { InvalidSchema } from '../schema-format.ts'
import {
  aliasNames,
  aliasTexts,
  ENUM_WORDS,
  FIELD_WORDS,
  numberDefault,
  optionalText,
  properties,
  requiredText,
  SCHEMA_WORDS,
  typeName,
} from './attributes.ts'
import { type CheckedDefaults, hasValidDefault } from './field-default.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonText, parseJson } from './json.ts'
import { checkNamespace, type Name, validName } from './names.ts'
import { schemaText } from './print.ts'
import {
  type AvroField,
  type AvroType,
  type EnumType,
  type FixedType,
  fullNameOf,
  isNamed,
  isPrimitiveName,
  type NamedType,
  primitive,
  type RecordType,
  type SortOrder,
  type UnionType,
} from './types.ts'

const ORDERS: readonly string[] = ['ascending', 'descending', 'ignore']

/** Later texts may use the names of earlier ones; a text may use its own names before it defines them. */
export class SchemaParser {
  readonly #named = new Map<string, NamedType>()
  readonly #checksDefaults: boolean
  readonly #checkedDefaults: CheckedDefaults = new Map()
  /** What to do when every name of the text is known. */
  #afterwards: (() => void)[] = []
  /** Where the parser stands, as steps of a JSON pointer. */
  #place: (string | number)[] = []

  /** @param checksDefaults refuses defaults that do not suit their fields */
  constructor(checksDefaults: boolean) {
    this.#checksDefaults = checksDefaults
  }

  /** @throws InvalidSchema in Avro's words, with the place in the text */
  parse(text: string): AvroType {
    this.#afterwards = []
    this.#place = []
    const json = parseJson(text)
    if (json === undefined) throw new InvalidSchema('Cannot parse <null> schema')
    try {
      let root: AvroType | undefined
      this.#type(json, null, type => {
        root = type
      })
      for (const finish of this.#afterwards) finish()
      return root!
    } catch (error) {
      if (!(error instanceof InvalidSchema) || this.#place.length === 0) throw error
      throw new InvalidSchema(`${error.message} (at /${this.#place.join('/')})`, { cause: error.cause })
    }
  }

  /** Hands the type to `set`, at once or when its name is known. */
  #type(json: JsonValue, space: string | null, set: (type: AvroType) => void): void {
    if (typeof json === 'string') this.#find(json, space, set)
    else if (isJsonArray(json)) set(this.#union(json, space))
    else if (isJsonObject(json)) this.#definition(json, space, set)
    else throw new InvalidSchema(`Schema not yet supported: ${jsonText(json)}`)
  }

  #definition(json: JsonObject, space: string | null, set: (type: AvroType) => void): void {
    const word = requiredText(json, 'type', 'No type')
    switch (word) {
      case 'record':
      case 'error':
        set(this.#record(json, space, word === 'error'))
        break
      case 'enum':
        set(this.#enum(json, space))
        break
      case 'fixed':
        set(this.#fixed(json, space))
        break
      case 'array': {
        const array = { type: 'array' as const, items: undefined!, props: properties(json, SCHEMA_WORDS) }
        this.#part(json, 'items', 'Array has no items type', space, items => Object.assign(array, { items }))
        set(array)
        break
      }
      case 'map': {
        const map = { type: 'map' as const, values: undefined!, props: properties(json, SCHEMA_WORDS) }
        this.#part(json, 'values', 'Map has no values type', space, values => Object.assign(map, { values }))
        set(map)
        break
      }
      default:
        if (isPrimitiveName(word)) set(primitive(word, properties(json, SCHEMA_WORDS)))
        else this.#find(word, space, set)
    }
  }

  #part(
    json: JsonObject,
    member: string,
    missing: string,
    space: string | null,
    set: (type: AvroType) => void,
  ): void {
    const part = json.get(member)
    if (part === undefined) throw new InvalidSchema(`${missing}: ${jsonText(json)}`)
    this.#at(member, () => this.#type(part, space, set))
  }

  #at(step: string | number, parse: () => void): void {
    this.#place.push(step)
    parse()
    this.#place.pop()
  }

  #find(word: string, space: string | null, set: (type: AvroType) => void): void {
    const full = space !== null && !word.includes('.') ? `${space}.${word}` : word
    const known = isPrimitiveName(word) ? primitive(word) : (this.#named.get(full) ?? this.#named.get(word))
    if (known !== undefined) {
      set(known)
      return
    }
    const place = [...this.#place]
    this.#afterwards.push(() => {
      const defined = this.#named.get(full)
      if (defined === undefined) {
        this.#place = place
        throw new InvalidSchema(`Undefined schema: ${full}`)
      }
      set(defined)
    })
  }

  #union(json: readonly JsonValue[], space: string | null): UnionType {
    const types: AvroType[] = []
    for (const [i, branch] of json.entries()) {
      this.#at(i, () =>
        this.#type(branch, space, type => {
          types[i] = type
        }),
      )
    }
    const union: UnionType = { type: 'union', types, props: new Map() }
    const place = [...this.#place]
    this.#afterwards.push(() => this.#checkBranches(union, place))
    return union
  }

  #checkBranches(union: UnionType, place: (string | number)[]): void {
    const names = union.types.map(fullNameOf)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    const isNested = union.types.some(type => type.type === 'union')
    if (!isNested && twice === undefined) return
    this.#place = place
    throw new InvalidSchema(isNested ? `Nested union: ${schemaText(union)}` : `Duplicate in union:${twice}`)
  }

  #record(json: JsonObject, space: string | null, isError: boolean): RecordType {
    const name = typeName(json, space)
    const fields: AvroField[] = []
    const record = {
      type: 'record' as const,
      name,
      doc: optionalText(json, 'doc'),
      aliases: aliasNames(json, name),
      props: properties(json, SCHEMA_WORDS),
      isError,
      fields,
    }
    this.#define(record)
    const list = json.get('fields')
    if (!isJsonArray(list)) throw new InvalidSchema(`Record has no fields: ${jsonText(json)}`)
    this.#at('fields', () => {
      for (const [i, each] of list.entries()) {
        this.#at(i, () => {
          fields.push(this.#field(each, name, fields))
        })
      }
    })
    return record
  }

  #field(json: JsonValue, record: Name, before: readonly AvroField[]): AvroField {
    if (!isJsonObject(json)) throw new InvalidSchema(`No field name: ${jsonText(json)}`)
    const name = requiredText(json, 'name', 'No field name')
    const order = json.get('order')
    if (order !== undefined && !(typeof order === 'string' && ORDERS.includes(order.toLowerCase())))
      throw new InvalidSchema(
        `No enum constant org.apache.avro.Schema.Field.Order.${typeof order === 'string' ? order.toUpperCase() : jsonText(order)}`,
      )
    const field = {
      name: validName(name),
      type: undefined!,
      doc: optionalText(json, 'doc'),
      defaultValue: json.get('default'),
      order: ((order as string | undefined)?.toLowerCase() ?? 'ascending') as SortOrder,
      aliases: aliasTexts(json) ?? [],
      props: properties(json, FIELD_WORDS),
    }
    const place = [...this.#place]
    this.#part(json, 'type', 'No field type', record.space, type => {
      Object.assign(field, { type, defaultValue: numberDefault(type, field.defaultValue) })
      if (!this.#checksDefaults || field.defaultValue === undefined) return
      // A default can only be looked at when all that it is made of is known.
      this.#afterwards.push(() => this.#checkDefault(field, place))
    })
    const twin = before.find(other => other.name === name)
    if (twin !== undefined) {
      throw new InvalidSchema(
        `Duplicate field ${name} in record ${record.full}: ${fieldWords(field, before.length)} and ${fieldWords(twin, before.indexOf(twin))}.`,
      )
    }
    return field
  }

  #checkDefault(field: AvroField, place: (string | number)[]): void {
    if (hasValidDefault(field, this.#checkedDefaults)) return
    this.#place = place
    throw new InvalidSchema(
      `Invalid default for field ${field.name}: ${jsonText(field.defaultValue!)} not a ${schemaText(field.type)}`,
    )
  }

  #enum(json: JsonObject, space: string | null): EnumType {
    const name = typeName(json, space)
    const list = json.get('symbols')
    if (!isJsonArray(list)) throw new InvalidSchema(`Enum has no symbols: ${jsonText(json)}`)
    const symbols: string[] = []
    for (const each of list) {
      const symbol = validName(typeof each === 'string' ? each : null)
      if (symbols.includes(symbol)) throw new InvalidSchema(`Duplicate enum symbol: ${symbol}`)
      symbols.push(symbol)
    }
    const defaultSymbol = optionalText(json, 'default')
    if (defaultSymbol !== null && !symbols.includes(defaultSymbol)) {
      throw new InvalidSchema(
        `The Enum Default: ${defaultSymbol} is not in the enum symbol set: [${symbols.join(', ')}]`,
      )
    }
    const type: EnumType = {
      type: 'enum',
      name,
      doc: optionalText(json, 'doc'),
      aliases: aliasNames(json, name),
      props: properties(json, ENUM_WORDS),
      symbols,
      defaultSymbol,
    }
    this.#define(type)
    return type
  }

  #fixed(json: JsonObject, space: string | null): FixedType {
    const name = typeName(json, space)
    const size = json.get('size')
    if (typeof size !== 'number' || (size | 0) !== size)
      throw new InvalidSchema(`Invalid or no size: ${jsonText(json)}`)
    if (size < 0) throw new InvalidSchema(`Malformed data. Length is negative: ${size}`)
    const type: FixedType = {
      type: 'fixed',
      name,
      doc: optionalText(json, 'doc'),
      aliases: aliasNames(json, name),
      props: properties(json, SCHEMA_WORDS),
      size,
    }
    this.#define(type)
    return type
  }

  /** The same enum or fixed type may be written out twice, a record may not. */
  #define(type: NamedType): void {
    const { full } = type.name
    if (isPrimitiveName(full)) throw new InvalidSchema(`Schemas may not be named after primitives: ${full}`)
    checkNamespace(type.name)
    const known = this.#named.get(full)
    if (known === undefined) this.#named.set(full, type)
    else if (!isSameDefinition(known, type)) throw new InvalidSchema(`Can't redefine: ${full}`)
  }
}

/** Java compares before the second one has its properties. */
function isSameDefinition(known: NamedType, again: NamedType): boolean {
  if (known.props.size > 0) return false
  if (known.type === 'enum') return again.type === 'enum' && known.symbols.join() === again.symbols.join()
  return known.type === 'fixed' && again.type === 'fixed' && known.size === again.size
}

function fieldWords(field: { readonly name: string; readonly type: AvroType }, at: number): string {
  return `${field.name} type:${(field.type as AvroType | undefined)?.type.toUpperCase() ?? 'RECORD'} pos:${at}`
}

/** What other schemas may refer to it by; null for a type without name. */
export function definedName(type: AvroType): string | null {
  return isNamed(type) ? type.name.full : null
}

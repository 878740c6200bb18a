/** The members of one schema object, taken by whoever explains them; what nobody took is `rest`. */
import { BigDecimal } from '../../data/big-decimal.ts'
import { hashMapOrder } from '../../data/java-hash.ts'
import {
  isObject,
  type JsonNode,
  type JsonObject,
  member,
  memberNames,
  type NodeType,
  nodeType,
} from '../../data/json/node.ts'
import { InvalidSchema } from '../schema-format.ts'
import type { JsonNumber, Unprocessed } from './model.ts'

export class Keywords {
  private readonly taken = new Set<string>()

  constructor(
    readonly node: JsonObject,
    /** As a JSON pointer that starts with `#`. */
    readonly pointer: string,
  ) {}

  has(name: string): boolean {
    return !this.taken.has(name) && member(this.node, name) !== undefined
  }

  hasAny(names: readonly string[]): boolean {
    return names.some(name => this.has(name))
  }

  take(names: readonly string[]): void {
    for (const name of names) this.taken.add(name)
  }

  /** Takes nothing: which type a keyword belongs to may be said more than once. */
  get(name: string): JsonNode | undefined {
    return member(this.node, name)
  }

  text(name: string): string | null {
    const node = this.get(name)
    if (node === undefined) return null
    if (typeof node !== 'string') throw this.wrongType(name, 'String', node)
    return node
  }

  bool(name: string): boolean | null {
    const node = this.get(name)
    if (node === undefined) return null
    if (typeof node !== 'boolean') throw this.wrongType(name, 'Boolean', node)
    return node
  }

  number(name: string): JsonNumber | null {
    const node = this.get(name)
    if (node === undefined) return null
    if (typeof node !== 'number' && typeof node !== 'bigint' && !(node instanceof BigDecimal))
      throw this.wrongType(name, 'Number', node)
    return node
  }

  integer(name: string): number | null {
    const node = this.get(name)
    if (node === undefined) return null
    if (typeof node !== 'number' || (node | 0) !== node) throw this.wrongType(name, 'Integer', node)
    return node
  }

  list(name: string): readonly JsonNode[] | null {
    const node = this.get(name)
    if (node === undefined) return null
    if (!Array.isArray(node)) throw this.wrongType(name, 'JsonArray', node)
    return node
  }

  texts(name: string): string[] {
    return (this.list(name) ?? []).map((node, i) => {
      if (typeof node !== 'string') throw this.wrongType(`${name}/${i}`, 'String', node)
      return node
    })
  }

  members(name: string): readonly (readonly [string, JsonNode])[] {
    const node = this.get(name)
    if (node === undefined) return []
    if (!isObject(node)) throw this.wrongType(name, 'JsonObject', node)
    return memberNames(node).map(key => [key, member(node, key)!])
  }

  rest(): Unprocessed {
    const rest = new Map<string, JsonNode>()
    for (const name of hashMapOrder(memberNames(this.node)))
      if (this.has(name)) rest.set(name, member(this.node, name)!)
    return rest
  }

  wrongType(name: string, expected: string, found: JsonNode): InvalidSchema {
    return this.error(`expected type: ${expected}, found: ${classOf(found)}`, name)
  }

  error(what: string, name?: string): InvalidSchema {
    const place = name === undefined ? this.pointer : `${this.pointer}/${name}`
    return new InvalidSchema(`Invalid JSON Schema: ${place}: ${what}`)
  }
}

const CLASSES: Readonly<Record<NodeType, string>> = {
  ARRAY: 'JSONArray',
  BOOLEAN: 'Boolean',
  MISSING: 'null',
  NULL: 'null',
  NUMBER: 'Number',
  OBJECT: 'JSONObject',
  STRING: 'String',
}

/** As everit calls it. */
export function classOf(node: JsonNode): string {
  if (typeof node === 'number' && Number.isInteger(node)) return 'Integer'
  return CLASSES[nodeType(node)]
}

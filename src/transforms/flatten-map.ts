import { DataException } from '../data/errors.ts'
import { javaClassName, schemaTypeOf } from '../data/java-class.ts'
import { hashMapOrder, LINKED, TABLE_SIZE, tableSizeOf } from '../data/java-hash.ts'
import { type HashMapCopy, noString, putEntry, sameKeys } from './map-copy.ts'
import type { SchemalessMap } from './operand.ts'

/** Java: Flatten.fieldName */
export function joined(prefix: string, delimiter: string, name: string): string {
  return prefix === '' ? name : prefix + delimiter + name
}

/** Most maps of a stream have the same keys: their order and full names are found once a level. */
export class MapFlattener {
  private keys: readonly string[] = []
  private tableSize: number = LINKED
  private order: readonly string[] = []
  private names: readonly string[] = []
  private readonly children = new Map<string, MapFlattener>()

  /** @param numeric whether a name was seen that starts with a digit; shared by all levels */
  constructor(
    private readonly prefix: string,
    private readonly delimiter: string,
    private readonly numeric: { seen: boolean },
  ) {}

  /** What Java makes is a LinkedHashMap: an object that is marked as one, unless a name could change its order. */
  flattened(map: SchemalessMap): HashMapCopy {
    if (!this.numeric.seen) {
      const flat: Record<string, unknown> = { [TABLE_SIZE]: LINKED }
      this.flatten(map, flat)
      if (!this.numeric.seen) return flat
    }
    const flat = new Map<string, unknown>()
    this.flatten(map, flat)
    return flat
  }

  private flatten(map: SchemalessMap, flat: HashMapCopy): void {
    if (map instanceof Map) {
      for (const [key, value] of map) {
        if (typeof key !== 'string') throw noString(key)
        this.add(this.nameOf(key), value, flat)
      }
      return
    }
    const source = map as Readonly<Record<string, unknown>>
    const keys = Object.keys(source)
    const tableSize = tableSizeOf(source)
    if (tableSize !== this.tableSize || !sameKeys(keys, this.keys)) {
      this.order = hashMapOrder(keys, tableSize)
      this.names = this.order.map(key => this.nameOf(key))
      this.keys = keys
      this.tableSize = tableSize
    }
    const { order, names } = this
    for (let i = 0; i < order.length; i++) this.add(names[i]!, source[order[i]!], flat)
  }

  private nameOf(key: string): string {
    const name = joined(this.prefix, this.delimiter, key)
    const first = name.charCodeAt(0)
    if (first >= 0x30 && first <= 0x39) this.numeric.seen = true
    return name
  }

  private add(name: string, value: unknown, flat: HashMapCopy): void {
    if (value === null || typeof value === 'string' || typeof value === 'number') putEntry(flat, name, value)
    else this.addOther(name, value ?? null, flat)
  }

  private addOther(name: string, value: unknown, flat: HashMapCopy): void {
    const type = value === null ? 'STRING' : schemaTypeOf(value)
    if (type === null) {
      throw new DataException(
        `Flatten transformation was passed a value of type class ${javaClassName(value)} which is not supported by Connect's data API`,
      )
    }
    if (type === 'STRUCT') {
      throw new DataException(
        `Flatten transformation does not support class ${javaClassName(value)} for record without schemas (for field ${name}).`,
      )
    }
    if (type === 'MAP') this.child(name).flatten(value as SchemalessMap, flat)
    else putEntry(flat, name, value)
  }

  private child(name: string): MapFlattener {
    let child = this.children.get(name)
    if (child === undefined) {
      child = new MapFlattener(name, this.delimiter, this.numeric)
      this.children.set(name, child)
    }
    return child
  }
}

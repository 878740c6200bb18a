/** Writers of Connect maps: as Avro maps, or as arrays of entries where keys are no strings. */
import { DataException } from '../../data/errors.ts'
import { isPlainObject } from '../../data/java-class.ts'
import { hashMapOrder, keysInHashOrder } from '../../data/java-hash.ts'
import { KeyLists } from '../../data/key-lists.ts'
import type { Schema } from '../../data/schema.ts'
import { wrongClass } from '../checked-numbers.ts'
import { inField } from '../field-path.ts'
import type { ValueWriter } from './write-scalars.ts'

const copiedOrders = new KeyLists(keys => hashMapOrder(keys))

/** In the order of the HashMap that Java copies a map to. */
export function mapWriter(schema: Schema, write: ValueWriter): ValueWriter {
  return (value, out) => {
    const map = mapOf(schema, value)
    const keys = map instanceof Map ? stringKeys(map) : keysInHashOrder(map)
    if (keys.length > 0) out.int(keys.length)
    for (const key of keys.length > 1 ? copiedOrders.of(keys, 0) : keys) {
      out.string(key)
      try {
        write(map instanceof Map ? map.get(key) : (map as Record<string, unknown>)[key], out)
      } catch (error) {
        throw inField(error, `[${key}]`)
      }
    }
    out.int(0)
  }
}

/** In the map's own order. `parts` are key and value in the order of the entry's fields. */
export function entriesWriter(
  schema: Schema,
  parts: readonly { readonly isKey: boolean; readonly write: ValueWriter }[],
): ValueWriter {
  return (value, out) => {
    const map = mapOf(schema, value)
    const entries: [unknown, unknown][] =
      map instanceof Map
        ? [...map]
        : keysInHashOrder(map).map(key => [key, (map as Record<string, unknown>)[key]])
    if (entries.length > 0) out.int(entries.length)
    for (const [key, member] of entries) {
      try {
        for (const { isKey, write } of parts) write(isKey ? key : member, out)
      } catch (error) {
        throw inField(error, `[${String(key)}]`)
      }
    }
    out.int(0)
  }
}

function mapOf(schema: Schema, value: unknown): ReadonlyMap<unknown, unknown> | Record<string, unknown> {
  if (value instanceof Map || isPlainObject(value)) return value
  throw wrongClass(schema, value)
}

function stringKeys(map: ReadonlyMap<unknown, unknown>): string[] {
  const keys: string[] = []
  for (const key of map.keys()) {
    if (typeof key !== 'string') throw new DataException(`An Avro map cannot have the key ${String(key)}`)
    keys.push(key)
  }
  return keys
}

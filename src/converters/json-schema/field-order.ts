import type { Model } from '../../formats/json-schema/model.ts'
import { CONNECT_INDEX } from './names.ts'

/**
 * Properties in the order of the fields: by `connect.index`, and without one where they come in Java's table. Java
 * drops a property whose place is taken by a later one; here it comes right before that one.
 */
export function fieldsOf(properties: ReadonlyMap<string, Model>): [string, Model][] {
  const places = new Map<[string, Model], number>()
  const taken = new Set<number>()
  for (const property of properties) {
    const index = property[1].unprocessed.get(CONNECT_INDEX)
    const place = typeof index === 'number' && Number.isInteger(index) ? index : taken.size
    taken.add(place)
    places.set(property, place)
  }
  return [...places.keys()].sort((a, b) => places.get(a)! - places.get(b)!)
}

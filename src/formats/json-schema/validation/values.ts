import { BigDecimal } from '../../../data/big-decimal.ts'
import { isObject, type JsonNode, member, memberNames, nodeType } from '../../../data/json/node.ts'
import type { JsonNumber } from '../model.ts'

/** Beyond this exponents are compared as doubles. */
const MAX_SCALE = 400

/** Negative, 0 or positive, by value. */
export function comparedNumbers(a: JsonNumber, b: JsonNumber): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [a, b].map(one => (one instanceof BigDecimal ? one : BigDecimal.parse(String(one))!))
  if (Math.abs(left!.scale) > MAX_SCALE || Math.abs(right!.scale) > MAX_SCALE)
    return left!.toNumber() - right!.toNumber()
  return left!.compareTo(right!)
}

/** Equal whatever the order of members, and however a number is written. */
export function sameValue(a: JsonNode, b: JsonNode): boolean {
  if (nodeType(a) !== nodeType(b)) return false
  if (nodeType(a) === 'NUMBER') return comparedNumbers(a as JsonNumber, b as JsonNumber) === 0
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((element, i) => sameValue(element, b[i]!))
  if (!isObject(a) || !isObject(b)) return a === b
  const names = memberNames(a)
  if (names.length !== memberNames(b).length) return false
  return names.every(name => {
    const other = member(b, name)
    return other !== undefined && sameValue(member(a, name)!, other)
  })
}

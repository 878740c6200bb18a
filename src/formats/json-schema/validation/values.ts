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
  return valueKey(a) === valueKey(b)
}

/** A text that all equal values have, and no other. */
export function valueKey(node: JsonNode): string {
  if (nodeType(node) === 'NUMBER') return numberKey(node as JsonNumber)
  if (Array.isArray(node)) return `[${node.map(valueKey).join(',')}]`
  if (!isObject(node)) return JSON.stringify(node)
  const names = memberNames(node).sort()
  return `{${names.map(name => `${JSON.stringify(name)}:${valueKey(member(node, name)!)}`).join(',')}}`
}

/** Digits without zeros at their end, and the power of ten. */
function numberKey(node: JsonNumber): string {
  if (typeof node === 'number' && !Number.isFinite(node)) return String(node)
  const { unscaled, scale } = node instanceof BigDecimal ? node : BigDecimal.parse(String(node))!
  if (unscaled === 0n) return '0'
  const digits = unscaled.toString()
  const significant = digits.replace(/0+$/, '')
  return `${significant}e${digits.length - significant.length - scale}`
}

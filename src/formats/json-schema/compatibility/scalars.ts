import { BigDecimal } from '../../../data/big-decimal.ts'
import type { JsonNode } from '../../../data/json/node.ts'
import type { JsonNumber, NumberModel, StringModel } from '../model.ts'
import { jsonText } from '../schema-text.ts'
import { compareBound } from './bounds.ts'
import type { Comparison } from './comparison.ts'

/** Java: StringSchemaDiff */
export function compareStrings(comparison: Comparison, original: StringModel, update: StringModel): void {
  compareBound(comparison, 'maxLength', 'MAX_LENGTH', original.maxLength, update.maxLength)
  compareBound(comparison, 'minLength', 'MIN_LENGTH', original.minLength, update.minLength)
  if (original.pattern === update.pattern) return
  if (original.pattern === null) comparison.found('PATTERN_ADDED', 'pattern')
  else comparison.found(update.pattern === null ? 'PATTERN_REMOVED' : 'PATTERN_CHANGED', 'pattern')
}

/** Java: NumberSchemaDiff */
export function compareNumbers(comparison: Comparison, original: NumberModel, update: NumberModel): void {
  compareBound(comparison, 'maximum', 'MAXIMUM', original.maximum, update.maximum)
  compareBound(comparison, 'minimum', 'MINIMUM', original.minimum, update.minimum)
  compareBound(
    comparison,
    'exclusiveMaximum',
    'EXCLUSIVE_MAXIMUM',
    original.exclusiveMaximumLimit,
    update.exclusiveMaximumLimit,
  )
  compareBound(
    comparison,
    'exclusiveMinimum',
    'EXCLUSIVE_MINIMUM',
    original.exclusiveMinimumLimit,
    update.exclusiveMinimumLimit,
  )
  compareMultiples(comparison, original.multipleOf, update.multipleOf)
  if (original.requiresInteger !== update.requiresInteger)
    comparison.found(original.requiresInteger ? 'TYPE_EXTENDED' : 'TYPE_NARROWED')
}

function compareMultiples(
  comparison: Comparison,
  original: JsonNumber | null,
  update: JsonNumber | null,
): void {
  if (original === null && update === null) return
  if (original === null) {
    comparison.found('MULTIPLE_OF_ADDED', 'multipleOf')
    return
  }
  if (update === null) {
    comparison.found('MULTIPLE_OF_REMOVED', 'multipleOf')
    return
  }
  const before = exact(original)
  const after = exact(update)
  if (before.equals(after)) return
  if (isMultiple(after, before)) comparison.found('MULTIPLE_OF_EXPANDED', 'multipleOf')
  else if (isMultiple(before, after)) comparison.found('MULTIPLE_OF_REDUCED', 'multipleOf')
  else comparison.found('MULTIPLE_OF_CHANGED', 'multipleOf')
}

function exact(value: JsonNumber): BigDecimal {
  return value instanceof BigDecimal ? value : BigDecimal.parse(String(value))!
}

/** Beyond this exponents are not brought to one scale. */
const MAX_SCALE = 400

/** Java cuts the fractions off first, and divides by zero where nothing is left. */
function isMultiple(value: BigDecimal, of: BigDecimal): boolean {
  const scale = Math.max(value.scale, of.scale)
  if (Math.abs(value.scale) > MAX_SCALE || Math.abs(of.scale) > MAX_SCALE) return false
  const unit = of.unscaled * 10n ** BigInt(scale - of.scale)
  return (value.unscaled * 10n ** BigInt(scale - value.scale)) % unit === 0n
}

/** Java: EnumSchemaDiff */
export function compareEnums(
  comparison: Comparison,
  original: readonly JsonNode[],
  update: readonly JsonNode[],
): void {
  const before = new Set(original.map(value => jsonText(value, true)))
  const after = new Set(update.map(value => jsonText(value, true)))
  const extended = [...before].every(value => after.has(value))
  const narrowed = [...after].every(value => before.has(value))
  if (extended && narrowed) return
  if (extended) comparison.found('ENUM_ARRAY_EXTENDED', 'enum')
  else comparison.found(narrowed ? 'ENUM_ARRAY_NARROWED' : 'ENUM_ARRAY_CHANGED', 'enum')
}

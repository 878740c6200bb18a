/** Whether a value is what a schema asks for, in everit's words. Java: org.everit.json.schema.ValidatingVisitor */
import { BigDecimal } from '../../../data/big-decimal.ts'
import { isIntegral, isObject, type JsonNode, nodeType } from '../../../data/json/node.ts'
import { classOf } from '../keywords.ts'
import type { CombinedModel, Model } from '../model.ts'
import { jsonText } from '../schema-text.ts'
import { arrayViolation } from './array-violation.ts'
import { hasFormat } from './formats.ts'
import { objectViolation } from './object-violation.ts'
import { comparedNumbers, sameValue } from './values.ts'

/** The first thing that is wrong, with its place as a JSON pointer; null when nothing is. */
export function violationOf(model: Model, node: JsonNode, at = '#'): string | null {
  return violation(model, node, at, new Set())
}

/** `passed` are the references that led here from the same value: a ring of them asks for nothing more. */
function violation(model: Model, node: JsonNode, at: string, passed: Set<Model>): string | null {
  switch (model.kind) {
    case 'empty':
      return null
    case 'false':
      return `${at}: false schema always fails`
    case 'reference':
      if (passed.has(model)) return null
      return violation(model.referred, node, at, new Set([...passed, model]))
    case 'boolean':
      return typeof node === 'boolean' ? null : wrongType(at, 'Boolean', node)
    case 'null':
      return node === null ? null : `${at}: expected: null, found: ${classOf(node)}`
    case 'number':
      return numberViolation(model, node, at)
    case 'string':
      return stringViolation(model, node, at)
    case 'enum':
      return model.values.some(value => sameValue(value, node))
        ? null
        : `${at}: ${jsonText(node)} is not a valid enum value`
    case 'const':
      return sameValue(model.value, node) ? null : `${at}: ${jsonText(node)} is not ${jsonText(model.value)}`
    case 'not':
      return violation(model.mustNotMatch, node, at, passed) === null
        ? `${at}: subject must not be valid against the schema of "not"`
        : null
    case 'conditional': {
      const { condition, consequence, alternative } = model
      if (condition === null) return null
      const holds = violation(condition, node, at, passed) === null
      const next = holds ? consequence : alternative
      return next === null ? null : violation(next, node, at, passed)
    }
    case 'combined':
      return combinedViolation(model, node, at, passed)
    case 'array':
      return Array.isArray(node)
        ? arrayViolation(model, node, at)
        : model.requiresArray
          ? wrongType(at, 'JSONArray', node)
          : null
    case 'object':
      return isObject(node)
        ? objectViolation(model, node, at)
        : model.requiresObject
          ? wrongType(at, 'JSONObject', node)
          : null
  }
}

function wrongType(at: string, expected: string, node: JsonNode): string {
  return `${at}: expected type: ${expected}, found: ${classOf(node)}`
}

function combinedViolation(
  { criterion, subschemas }: CombinedModel,
  node: JsonNode,
  at: string,
  passed: Set<Model>,
): string | null {
  const violations = subschemas.map(part => violation(part, node, at, passed)).filter(one => one !== null)
  const matching = subschemas.length - violations.length
  switch (criterion) {
    case 'allOf':
      return violations[0] ?? null
    case 'anyOf':
      if (matching > 0) return null
      return `${at}: no subschema matched out of the total ${subschemas.length} subschemas (${violations[0]})`
    case 'oneOf':
      if (matching === 1) return null
      return `${at}: ${matching} subschemas matched instead of one`
  }
}

function numberViolation(model: Model & { kind: 'number' }, node: JsonNode, at: string): string | null {
  if (!isNumber(node)) {
    if (!model.requiresNumber) return null
    return wrongType(at, model.requiresInteger ? 'Integer' : 'Number', node)
  }
  if (model.requiresInteger && !isIntegral(node)) return wrongType(at, 'Integer', node)
  if (typeof node === 'number' && !Number.isFinite(node)) return `${at}: ${node} is not a number`
  const { minimum, maximum, multipleOf } = model
  const text = jsonText(node)
  const below = minimum === null ? 1 : comparedNumbers(node, minimum)
  if (below < 0) return `${at}: ${text} is not greater or equal to ${jsonText(minimum)}`
  if (below === 0 && model.exclusiveMinimum) return `${at}: ${text} is not greater than ${jsonText(minimum)}`
  const above = maximum === null ? -1 : comparedNumbers(node, maximum)
  if (above > 0) return `${at}: ${text} is not less or equal to ${jsonText(maximum)}`
  if (above === 0 && model.exclusiveMaximum) return `${at}: ${text} is not less than ${jsonText(maximum)}`
  const { exclusiveMinimumLimit: low, exclusiveMaximumLimit: high } = model
  if (low !== null && comparedNumbers(node, low) <= 0)
    return `${at}: ${text} is not greater than ${jsonText(low)}`
  if (high !== null && comparedNumbers(node, high) >= 0)
    return `${at}: ${text} is not less than ${jsonText(high)}`
  if (multipleOf !== null && !isMultiple(node, multipleOf))
    return `${at}: ${text} is not a multiple of ${jsonText(multipleOf)}`
  return null
}

function isNumber(node: JsonNode): node is number | bigint | BigDecimal {
  return nodeType(node) === 'NUMBER'
}

const MAX_SCALE = 400

function isMultiple(node: number | bigint | BigDecimal, of: number | bigint | BigDecimal): boolean {
  const [value, unit] = [node, of].map(one =>
    one instanceof BigDecimal ? one : BigDecimal.parse(String(one))!,
  )
  if (Math.abs(value!.scale) > MAX_SCALE || Math.abs(unit!.scale) > MAX_SCALE)
    return Number(value) % Number(unit) === 0
  const scale = Math.max(value!.scale, unit!.scale)
  return (
    (value!.unscaled * 10n ** BigInt(scale - value!.scale)) %
      (unit!.unscaled * 10n ** BigInt(scale - unit!.scale)) ===
    0n
  )
}

function stringViolation(model: Model & { kind: 'string' }, node: JsonNode, at: string): string | null {
  if (typeof node !== 'string') return model.requiresString ? wrongType(at, 'String', node) : null
  const { minLength, maxLength, pattern, format } = model
  if (minLength !== null || maxLength !== null) {
    const length = [...node].length
    if (minLength !== null && length < minLength)
      return `${at}: expected minLength: ${minLength}, actual: ${length}`
    if (maxLength !== null && length > maxLength)
      return `${at}: expected maxLength: ${maxLength}, actual: ${length}`
  }
  if (pattern !== null && !matches(pattern, node))
    return `${at}: string [${node}] does not match pattern ${pattern}`
  if (format !== null && !hasFormat(format, node)) return `${at}: [${node}] is not a valid ${format}`
  return null
}

const MAX_EXPRESSIONS = 1000
const expressions = new Map<string, RegExp | null>()

/** An expression that only Java understands is taken to match. */
export function matches(pattern: string, text: string): boolean {
  let expression = expressions.get(pattern)
  if (expression === undefined) {
    try {
      expression = new RegExp(pattern, 'u')
    } catch {
      expression = null
    }
    if (expressions.size >= MAX_EXPRESSIONS) expressions.clear()
    expressions.set(pattern, expression)
  }
  return expression?.test(text) ?? true
}

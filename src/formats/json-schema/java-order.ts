/**
 * The orders that Java's hash tables give to the parts of a schema. They show in the texts that go to the registry,
 * where another order is another schema, and in the numbers of union fields.
 */
import { BigDecimal } from '../../data/big-decimal.ts'
import { hashMapOrder, stringHashCode, tableSizeFor } from '../../data/java-hash.ts'
import { isObject, type JsonNode, member, memberNames } from '../../data/json/node.ts'
import { type Annotations, type Model, NO_ANNOTATIONS } from './model.ts'

/** Property names as a parsed text gives them: from table to table until they are a schema's. */
export function parsedPropertyOrder(names: readonly string[]): string[] {
  return hashMapOrder(hashMapOrder(hashMapOrder(names), tableSizeFor(names.length)))
}

/** Java: CombinedSchema.sortByCombinedFirst; where identity decides there, the order given stays. */
export function subschemaOrder(models: readonly Model[]): Model[] {
  const combined = models.filter(model => model.kind === 'combined')
  const others = models
    .filter(model => model.kind !== 'combined')
    .map(model => ({ model, hash: hashOf(model) }))
  const known = others.every(({ hash }) => hash !== null)
  // The difference overflows, which leaves the order to how the sort goes about it.
  const sorted = known ? sortedAsJava(others, (a, b) => (a.hash! - b.hash!) | 0) : others
  return [...combined, ...sorted.map(({ model }) => model)]
}

/** Java: TimSort, as it is for less than 32 elements */
function sortedAsJava<T>(elements: readonly T[], compare: (a: T, b: T) => number): T[] {
  const sorted = [...elements]
  let run = Math.min(2, sorted.length)
  const descends = run === 2 && compare(sorted[1]!, sorted[0]!) < 0
  while (run < sorted.length && compare(sorted[run]!, sorted[run - 1]!) < 0 === descends) run++
  if (descends) sorted.splice(0, run, ...sorted.slice(0, run).reverse())
  for (; run < sorted.length; run++) {
    const pivot = sorted[run]!
    let left = 0
    let right = run
    while (left < right) {
      const middle = (left + right) >>> 1
      if (compare(pivot, sorted[middle]!) < 0) right = middle
      else left = middle + 1
    }
    sorted.splice(run, 1)
    sorted.splice(left, 0, pivot)
  }
  return sorted
}

/** `Schema.hashCode`; null where it hangs on where an object lies in the memory of that JVM. */
export function hashOf(model: Model): number | null {
  const base = annotationsHash(model)
  switch (model.kind) {
    case 'number':
      return hash(
        base,
        bool(model.requiresNumber),
        number(model.minimum),
        number(model.maximum),
        number(model.multipleOf),
        bool(model.exclusiveMinimum),
        bool(model.exclusiveMaximum),
        number(model.exclusiveMinimumLimit),
        number(model.exclusiveMaximumLimit),
        bool(model.requiresInteger),
      )
    case 'enum':
      return hash(base, list(model.values.map(valueHash)))
    case 'not':
      return hash(base, hashOf(model.mustNotMatch))
    case 'reference':
      // Built before it has its annotations.
      return hash(
        annotationsHash(NO_ANNOTATIONS),
        stringHashCode(model.ref),
        valueHash(model.unprocessed as Map<string, JsonNode>),
        text(model.title),
        text(model.description),
      )
    case 'array':
      return hash(
        base,
        model.minItems ?? 0,
        model.maxItems ?? 0,
        bool(model.uniqueItems),
        maybe(model.items),
        bool(model.additionalItems),
        model.itemList === null ? 0 : list(model.itemList.map(hashOf)),
        bool(model.requiresArray),
        maybe(model.schemaOfAdditionalItems),
        maybe(model.contains),
      )
    case 'object':
      return hash(
        base,
        models(model.properties),
        maybe(model.propertyNames),
        bool(model.additionalProperties),
        maybe(model.schemaOfAdditionalProperties),
        list(model.required.map(stringHashCode)),
        model.minProperties ?? 0,
        model.maxProperties ?? 0,
        map(
          [...model.propertyDependencies].map(([name, names]) => [name, sum([...names].map(stringHashCode))]),
        ),
        models(model.schemaDependencies),
        bool(model.requiresObject),
        model.patternProperties.size === 0 ? 0 : null,
        bool([...model.properties.values()].some(property => property.defaultValue !== undefined)),
      )
    case 'string':
    case 'combined':
      return null
    default:
      return base
  }
}

type Hash = number | null

function annotationsHash(model: Annotations): Hash {
  return hash(
    text(model.title),
    text(model.description),
    text(model.id),
    typeof model.defaultValue === 'object' && !(model.defaultValue instanceof BigDecimal)
      ? null
      : valueHash(model.defaultValue ?? null),
    0,
    model.readOnly === null ? 0 : bool(model.readOnly),
    model.writeOnly === null ? 0 : bool(model.writeOnly),
    valueHash(model.unprocessed as Map<string, JsonNode>),
  )
}

/** Java: Objects.hash */
function hash(...parts: Hash[]): Hash {
  return list(parts)
}

function list(parts: readonly Hash[]): Hash {
  let result = 1
  for (const part of parts) {
    if (part === null) return null
    result = (Math.imul(31, result) + part) | 0
  }
  return result
}

function sum(parts: readonly Hash[]): Hash {
  let result = 0
  for (const part of parts) {
    if (part === null) return null
    result = (result + part) | 0
  }
  return result
}

function map(entries: readonly (readonly [string, Hash])[]): Hash {
  return sum(entries.map(([name, value]) => (value === null ? null : stringHashCode(name) ^ value)))
}

function models(entries: ReadonlyMap<string, Model>): Hash {
  return map([...entries].map(([name, model]) => [name, hashOf(model)]))
}

const bool = (value: boolean): number => (value ? 1231 : 1237)
const text = (value: string | null): number => (value === null ? 0 : stringHashCode(value))
const maybe = (model: Model | null): Hash => (model === null ? 0 : hashOf(model))
const number = (value: number | bigint | BigDecimal | null): number =>
  value === null ? 0 : numberHash(value)

/** Of a value as Jackson and org.json hold it. */
export function valueHash(node: JsonNode): Hash {
  switch (typeof node) {
    case 'string':
      return stringHashCode(node)
    case 'boolean':
      return bool(node)
    case 'number':
    case 'bigint':
      return numberHash(node)
    default:
      if (node === null) return 0
      if (node instanceof BigDecimal) return numberHash(node)
      if (Array.isArray(node)) return list(node.map(valueHash))
      return isObject(node) ? map(memberNames(node).map(name => [name, valueHash(member(node, name)!)])) : 0
  }
}

function numberHash(value: number | bigint | BigDecimal): number {
  if (value instanceof BigDecimal) return (Math.imul(31, decimalHash(value.unscaled)) + value.scale) | 0
  if (typeof value === 'number' && !Number.isInteger(value))
    return numberHash(BigDecimal.parse(String(value))!)
  const whole = BigInt(value)
  if (BigInt.asIntN(32, whole) === whole) return Number(whole)
  if (BigInt.asIntN(64, whole) === whole) return Number(BigInt.asIntN(32, whole ^ (whole >> 32n)))
  return bigIntegerHash(whole)
}

/** Java: BigDecimal.hashCode without the scale, which it knows a compact way for. */
function decimalHash(unscaled: bigint): number {
  if (BigInt.asIntN(64, unscaled) !== unscaled || unscaled === -(2n ** 63n)) return bigIntegerHash(unscaled)
  const magnitude = unscaled < 0n ? -unscaled : unscaled
  const result = Number(
    BigInt.asIntN(32, BigInt.asIntN(32, magnitude >> 32n) * 31n + (magnitude & 0xffffffffn)),
  )
  return unscaled < 0n ? -result | 0 : result
}

/** Java: BigInteger.hashCode */
function bigIntegerHash(value: bigint): number {
  const words: number[] = []
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 32n)
    words.push(Number(BigInt.asIntN(32, rest)))
  let result = 0
  for (const word of words.reverse()) result = (Math.imul(31, result) + word) | 0
  return value < 0n ? -result | 0 : result
}

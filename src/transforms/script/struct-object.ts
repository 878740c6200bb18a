/** Structs as plain objects for scripts, and back. */
import { DataException } from '../../data/errors.ts'
import { isPlainObject } from '../../data/java-class.ts'
import type { Field, Schema } from '../../data/schema.ts'
import { Struct } from '../../data/struct.ts'
import { validateValue } from '../../data/validate.ts'

type PlainObject = Record<string, unknown>

/**
 * A value with schema as the script sees it: Structs are plain objects; lists, maps and dates are copies of their
 * own, for a script that changes one in place must not change a schema's default.
 */
export function toScript(schema: Schema, value: unknown): unknown {
  switch (schema.type) {
    case 'STRUCT':
      return value instanceof Struct ? structToObject(value) : value
    case 'ARRAY': {
      const element = schema.valueSchema
      return Array.isArray(value) && element ? value.map(each => toScript(element, each)) : value
    }
    case 'MAP': {
      const element = schema.valueSchema
      if (element === null) return value
      if (value instanceof Map)
        return new Map([...value].map(([key, each]) => [key, toScript(element, each)]))
      if (!isPlainObject(value)) return value
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toScript(element, each)]))
    }
    default:
      return value instanceof Date ? new Date(value) : value
  }
}

function structToObject(struct: Struct): PlainObject {
  const object: PlainObject = {}
  for (const field of struct.schema.fields) {
    const value = struct.get(field)
    const seen = typeof value === 'object' && value !== null ? toScript(field.schema, value) : value
    if (field.name === '__proto__') Object.defineProperty(object, field.name, { ...OWN, value: seen })
    else object[field.name] = seen
  }
  return object
}
const OWN = { enumerable: true, configurable: true, writable: true }

/**
 * What the script made of `before`, as its schema wants it; `before` itself where nothing differs. `path` is how the
 * script calls it. Throws DataException that names the part that does not fit.
 */
export function fromScript(schema: Schema, given: unknown, before: unknown, path: string): unknown {
  if (given === null || given === undefined) {
    if (before === null || before === undefined) return before ?? null
    return checked(schema, null, path)
  }
  switch (schema.type) {
    case 'STRUCT':
      return isPlainObject(given)
        ? objectToStruct(schema, given, before instanceof Struct ? before : null, path)
        : unchangedOr(schema, given, before, path)
    case 'ARRAY':
      return Array.isArray(given) && schema.valueSchema
        ? listFrom(schema, schema.valueSchema, given, Array.isArray(before) ? before : null, path)
        : unchangedOr(schema, given, before, path)
    case 'MAP':
      return (given instanceof Map || isPlainObject(given)) && schema.valueSchema
        ? mapFrom(schema, schema.valueSchema, given, before, path)
        : unchangedOr(schema, given, before, path)
    default:
      return unchangedOr(schema, given, before, path)
  }
}

function unchangedOr(schema: Schema, given: unknown, before: unknown, path: string): unknown {
  return isSame(given, before) ? before : checked(schema, given, path)
}

/** A date is the copy that the script was given as long as it shows the same instant. */
function isSame(given: unknown, before: unknown): boolean {
  if (given instanceof Date && before instanceof Date) return Object.is(given.getTime(), before.getTime())
  return Object.is(given, before)
}

function checked(schema: Schema, value: unknown, path: string): unknown {
  try {
    validateValue(null, schema, value)
  } catch (error) {
    if (!(error instanceof DataException)) throw error
    throw new DataException(`The script gave ${path} what its schema does not take. ${error.message}`, {
      cause: error,
    })
  }
  return value
}

function objectToStruct(schema: Schema, given: PlainObject, before: Struct | null, path: string): Struct {
  const changed: { field: Field; value: unknown }[] = []
  let known = 0
  for (const field of schema.fields) {
    const present = Object.hasOwn(given, field.name)
    if (present) known++
    const value = present ? given[field.name] : null
    // What the script saw: a field's default where it is null.
    const seen = before === null ? null : before.get(field)
    if (before !== null && isSame(value, seen)) continue
    const next =
      value === undefined || value === null
        ? missing(field, seen, `${path}.${field.name}`, present)
        : fromScript(field.schema, value, seen, `${path}.${field.name}`)
    if (before === null || !Object.is(next, seen)) changed.push({ field, value: next })
  }
  if (known < Object.keys(given).length) throw unknownField(schema, given, path)
  if (changed.length === 0 && before !== null) return before
  const struct = new Struct(schema)
  if (before !== null) {
    for (const field of schema.fields) {
      const value = before.getWithoutDefault(field)
      if (value !== null) struct.put(field, value)
    }
  }
  for (const { field, value } of changed) {
    // Null of a field that has a default is the default, as everywhere.
    if (value !== null || field.schema.optional) struct.put(field, value)
  }
  return struct
}

function missing(field: Field, seen: unknown, path: string, present: boolean): null {
  const { optional, defaultValue, type } = field.schema
  if (optional || defaultValue !== null || (seen === null && present)) return null
  throw new DataException(
    `The script left ${path} ${present ? 'null' : 'out'}, but its schema (${type}) is neither optional nor has it a default.`,
  )
}

function unknownField(schema: Schema, given: PlainObject, path: string): DataException {
  const name = Object.keys(given).find(key => schema.field(key) === null)
  return new DataException(
    `The script gave ${path} the field "${name}", which its schema has not (it has ${schema.fields.map(field => field.name).join(', ')}).`,
    { hint: 'InsertField or a transformation of your own adds fields to records with a schema.' },
  )
}

function listFrom(
  schema: Schema,
  element: Schema,
  given: readonly unknown[],
  before: readonly unknown[] | null,
  path: string,
): unknown {
  const next = given.map((each, i) => fromScript(element, each, before?.[i] ?? null, `${path}[${i}]`))
  if (before !== null && next.length === before.length && next.every((each, i) => Object.is(each, before[i])))
    return before
  return checked(schema, next, path)
}

function mapFrom(schema: Schema, element: Schema, given: object, before: unknown, path: string): unknown {
  const old = entriesOf(before)
  const oldValues = new Map(old)
  const next = entriesOf(given).map(([key, each]): [unknown, unknown] => [
    key,
    fromScript(element, each, oldValues.get(key) ?? null, `${path}[${String(key)}]`),
  ])
  const same = old.length === next.length && next.every(([key, each]) => Object.is(each, oldValues.get(key)))
  if (same && before !== null && before !== undefined) return before
  return checked(
    schema,
    given instanceof Map ? new Map(next) : Object.fromEntries(next as [string, unknown][]),
    path,
  )
}

function entriesOf(map: unknown): [unknown, unknown][] {
  if (map instanceof Map) return [...map]
  return isPlainObject(map) ? Object.entries(map) : []
}

/** Names of Avro's records, enums and fixed types. */
import { InvalidSchema } from '../schema-format.ts'

/** Java: Schema.Name */
export interface Name {
  readonly simple: string
  /** Null for none. */
  readonly space: string | null
  /** Namespace and name with a dot, or the name alone. */
  readonly full: string
}

/** `text` may carry its own namespace, which then counts instead of `space`. @throws InvalidSchema */
export function nameOf(text: string, space: string | null): Name {
  const lastDot = text.lastIndexOf('.')
  const simple = validName(lastDot < 0 ? text : text.slice(lastDot + 1))
  const namespace = (lastDot < 0 ? space : text.slice(0, lastDot)) || null
  return { simple, space: namespace, full: namespace === null ? simple : `${namespace}.${simple}` }
}

const START = /^[\p{L}_]/u
const REST = /^.[\p{L}\p{Nd}_]*$/u
const SURROGATE = /[\ud800-\udfff]/

/** Why it is no name, or null where it is one. Java: NameValidator.UTF_VALIDATOR */
function nameError(name: string | null): string | null {
  if (name === null) return 'Null name'
  if (name === '') return 'Empty name'
  if (!START.test(name) || SURROGATE.test(name[0]!)) return `Illegal initial character: ${name}`
  return REST.test(name) && !SURROGATE.test(name) ? null : `Illegal character in: ${name}`
}

/** @throws InvalidSchema */
export function validName(name: string | null): string {
  const error = nameError(name)
  if (error !== null) throw new InvalidSchema(error)
  return name!
}

/** Every part of the namespace is to be a name as well. @throws InvalidSchema */
export function checkNamespace(name: Name): void {
  for (const part of name.space?.split('.') ?? []) {
    const error = nameError(part)
    if (error !== null) throw new InvalidSchema(`Namespace part "${part}" is invalid: ${error}`)
  }
}

const TYPE_WORDS: readonly string[] = [
  'record',
  'enum',
  'array',
  'map',
  'union',
  'fixed',
  'string',
  'bytes',
  'int',
  'long',
  'float',
  'double',
  'boolean',
  'null',
]

/** As short as it may be written where `space` is the namespace. Java: Name.getQualified */
export function qualified(name: Name, space: string | null): string {
  if (name.space === null || name.space !== space || TYPE_WORDS.includes(name.simple)) return name.full
  return name.simple
}

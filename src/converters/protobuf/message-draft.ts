/** Messages while a Connect schema becomes a .proto file. Java: MessageDefinition.Builder, FromConnectContext */
import { DataException } from '../../data/errors.ts'
import type { Schema } from '../../data/schema.ts'
import type {
  FieldElement,
  MessageElement,
  OneofElement,
  TypeElement,
} from '../../formats/protobuf/elements.ts'
import { TAG } from './names.ts'

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A message in the making. */
export interface Draft {
  readonly name: string
  readonly schema: Schema | null
  readonly outer: Draft | null
  readonly depth: number
  readonly nested: TypeElement[]
  readonly known: Set<string>
  readonly fields: FieldElement[]
  readonly oneofs: { readonly name: string; readonly fields: FieldElement[] }[]
  readonly tags: Map<number, string>
  /** Of fields. */
  readonly names: Set<string>
  /** The number of the next field that asks for none. */
  next: number
}

export function newDraft(name: string, schema: Schema | null, outer: Draft | null): Draft {
  return {
    name,
    schema,
    outer,
    depth: outer === null ? 1 : outer.depth + 1,
    nested: [],
    known: new Set(),
    fields: [],
    oneofs: [],
    tags: new Map(),
    names: new Set(),
    next: 1,
  }
}

export function finished(draft: Draft): MessageElement {
  const oneofs: OneofElement[] = draft.oneofs
    .filter(oneof => oneof.fields.length > 0)
    .map(oneof => ({ ...oneof, groups: [], options: [] }))
  // As Java prints them: messages, then enums.
  const nested = [
    ...draft.nested.filter(type => type.kind === 'message'),
    ...draft.nested.filter(type => type.kind === 'enum'),
  ]
  return {
    kind: 'message',
    name: draft.name,
    nested,
    options: [],
    reserved: [],
    fields: draft.fields,
    oneofs,
    extensionRanges: [],
    groups: [],
    extensions: [],
  }
}

export function addField(draft: Draft, to: FieldElement[], element: FieldElement, path: string): void {
  const other = draft.tags.get(element.tag)
  if (other !== undefined)
    throw new DataException(
      `Field number ${element.tag} has already been used in "${path}" by field "${other}"; "${element.name}" needs another.`,
      {
        hint: `Fields with the parameter ${TAG} have that number, the others count from 1: give all of them the parameter, or none.`,
      },
    )
  if (draft.names.has(element.name))
    throw new DataException(`"${element.name}" is already defined in "${path}".`)
  draft.tags.set(element.tag, element.name)
  draft.names.add(element.name)
  to.push(element)
}

/** A struct inside itself means the message around; the innermost of that name is the one that a reader finds. */
export function refersOut(draft: Draft, type: string, schema: Schema): boolean {
  for (let at: Draft | null = draft; at !== null; at = at.outer) {
    if (at.name === type) return at === draft || (at.schema !== null && sameStruct(at.schema, schema))
    if (at.nested.some(nested => nested.name === type)) return false
  }
  return false
}

/** Two schemas of one struct, which may differ in what their fields say of them. */
function sameStruct(a: Schema, b: Schema): boolean {
  return a === b || a.fields === b.fields || a.schema() === b.schema()
}

export function checkName(name: string, path: string): void {
  if (IDENTIFIER.test(name)) return
  throw new DataException(`"${name}" (of ${path}) is not a valid identifier.`, {
    hint: 'Set scrub.invalid.names=true to have such characters replaced, or rename it (transformations ReplaceField, SetSchemaMetadata).',
  })
}

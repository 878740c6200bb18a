/** Whether data of one schema may be written for the readers of another one, which is the registered one. */
import { DataException } from '../../data/errors.ts'
import type { ProtobufSchema } from '../../formats/protobuf/protobuf-schema.ts'
import type { EnumType, FieldType, MessageType } from '../../formats/protobuf/types.ts'
import { TAG, TYPE } from './names.ts'

const REGISTER = "let auto.register.schemas=true register the data's own schema"

/**
 * Data are written with the numbers and kinds that their own schema has; readers take them by those of the registered
 * one. What they would take for something else is refused. A field that one of the two does not have is none of it.
 * @throws DataException
 */
export function refuseOtherMeaning(own: MessageType, target: ProtobufSchema): void {
  if (target.indexesOf(own.fullName).length === 0)
    throw new DataException(
      `The registered schema has no message ${own.fullName}, as which the data are written; it has ${target.messageNames()}`,
      {
        hint: `Name the data's struct like the registered message (the transform SetSchemaMetadata with schema.name=${target.name}), or ${REGISTER}.`,
      },
    )
  compareMessages(own, target.message(own.fullName), new Set())
}

function compareMessages(own: MessageType, registered: MessageType, seen: Set<string>): void {
  // Messages may hold themselves, and one may stand for several.
  const pair = `${own.fullName} ${registered.fullName}`
  if (seen.has(pair)) return
  seen.add(pair)
  const byName = new Map(registered.fields.map(field => [field.name, field]))
  const byNumber = new Map(registered.fields.map(field => [field.number, field]))
  for (const field of own.fields) {
    const sameName = byName.get(field.name)
    const sameNumber = byNumber.get(field.number)
    const told = `The field ${own.fullName}.${field.name}`
    if (sameName !== undefined && sameName !== sameNumber)
      throw new DataException(
        `${told} has the number ${field.number} in the data's schema, but ${sameName.number} in the registered one`,
        { hint: `Give the field's schema the parameter ${TAG}=${sameName.number}, or ${REGISTER}.` },
      )
    if (sameNumber === undefined) continue
    if (sameName === undefined)
      throw new DataException(
        `${told} has the number ${field.number} in the data's schema, which the registered one has for the field ${registered.fullName}.${sameNumber.name}`,
        {
          hint: `Give the field's schema the parameter ${TAG} with a number that no field of the registered schema has, or ${REGISTER}.`,
        },
      )
    if (wireMeaning(field) !== wireMeaning(sameName))
      throw new DataException(
        `${told} (number ${field.number}) is ${typeOf(field)} in the data's schema, but ${typeOf(sameName)} in the registered one`,
        {
          hint: `Have the field's schema say the registered type (for whole numbers its parameter ${TYPE} does), or ${REGISTER}.`,
        },
      )
    if (field.kind === 'message') compareMessages(field.message, sameName.message, seen)
    if (field.kind === 'enum' && sameName.kind === 'enum') compareConstants(field.enum, sameName.enum)
  }
}

function compareConstants(own: EnumType, registered: EnumType): void {
  for (const { name, number } of own.values) {
    const sameName = registered.values.find(value => value.name === name)
    const sameNumber = registered.values.find(value => value.number === number)
    if (sameName?.number === number || (sameName ?? sameNumber) === undefined) continue
    const other = sameName === undefined ? `which stands for ${sameNumber!.name}` : `but ${sameName.number}`
    throw new DataException(
      `The constant ${name} of the enum ${own.fullName} has the number ${number} in the data's schema, ${other} in the registered one`,
      { hint: `Give both the same names and numbers, or ${REGISTER}.` },
    )
  }
}

/** Fields of one meaning read each other's bytes, but for numbers that are too large. Java: SchemaDiff.ScalarKind */
function wireMeaning(field: FieldType): string {
  return `${field.repeated ? 'repeated ' : ''}${WIRE_MEANINGS[field.kind] ?? field.kind}`
}

const WIRE_MEANINGS: Readonly<Partial<Record<FieldType['kind'], string>>> = {
  int32: 'number',
  int64: 'number',
  uint32: 'number',
  uint64: 'number',
  bool: 'number',
  enum: 'number',
  sint32: 'zigzag',
  sint64: 'zigzag',
  string: 'bytes',
  fixed32: 'four bytes',
  sfixed32: 'four bytes',
  fixed64: 'eight bytes',
  sfixed64: 'eight bytes',
}

function typeOf(field: FieldType): string {
  const { kind } = field
  const name = kind === 'message' ? field.message.fullName : kind === 'enum' ? field.enum.fullName : kind
  return field.repeated ? `repeated ${name}` : name
}

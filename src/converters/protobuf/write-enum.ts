/** Constants of enums, which Connect has as names or as numbers. */
import { DataException } from '../../data/errors.ts'
import { javaClassName } from '../../data/java-class.ts'
import type { Schema } from '../../data/schema.ts'
import type { FieldType } from '../../formats/protobuf/types.ts'
import { intOf, SHIFTS } from '../checked-numbers.ts'
import { enumNumbers, enumParameter } from './names.ts'
import { unfit } from './unfit.ts'
import type { Scalar } from './write-scalars.ts'

/** Numbers are those in the parameters of the Connect schema. */
export function enumWriter(schema: Schema, field: FieldType, generalized: boolean): Scalar {
  const type = field.enum
  const number =
    schema.type === 'INT32'
      ? (value: unknown) => intOf(schema, SHIFTS.INT32, value)
      : schema.type === 'STRING'
        ? numberOf(schema, type.name, generalized)
        : null
  if (number === null) throw unfit(schema, type.fullName, field.name)
  const first = type.values[0]?.number ?? 0
  return {
    isDefault: value => number(value) === first,
    write: (value, out) => out.int32(number(value)),
  }
}

function numberOf(schema: Schema, name: string, generalized: boolean): (value: unknown) => number {
  const parameter = enumParameter(schema, generalized)
  const numbers = parameter === null ? new Map<string, number>() : enumNumbers(schema, parameter)
  return value => {
    const number = numbers.get(value as string)
    if (number !== undefined) return number
    const told = typeof value === 'string' ? `"${value}"` : `class ${javaClassName(value)}`
    throw new DataException(
      `${told} is no constant of the enum ${name}, which has ${[...numbers.keys()].join(', ')}`,
    )
  }
}

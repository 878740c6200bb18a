import { DataException } from '../../data/errors.ts'
import type { Schema } from '../../data/schema.ts'

/** For values of a Connect schema that are none of the type of a Protobuf field. */
export function unfit(schema: Schema, type: string, field: string): DataException {
  return new DataException(
    `The field ${field} is ${schema.name === null ? schema.type : `${schema.name} (${schema.type})`}, which is no ${type} of Protobuf`,
    { hint: 'Two structs of different schemas may have the same name: then the first one counts.' },
  )
}

/** How values without a schema are written. Java: AvroData.ANYTHING_SCHEMA */
import { type AvroSchema, avroFormat } from '../../formats/avro/avro-schema.ts'
import { schemaText } from '../../formats/avro/print.ts'
import type { AvroType, RecordType } from '../../formats/avro/types.ts'
import { KEY_FIELD, MAP_ENTRY, NAMESPACE, VALUE_FIELD } from './names.ts'

const SCALARS = ['boolean', 'bytes', 'double', 'float', 'int', 'long', 'string']

function optionalField(name: string, type: unknown): object {
  return { name, type: ['null', type], default: null }
}

const entry = {
  type: 'record',
  name: MAP_ENTRY,
  fields: [
    { name: KEY_FIELD, type: 'Anything' },
    { name: VALUE_FIELD, type: 'Anything' },
  ],
}

export const anythingSchema: AvroSchema = avroFormat.parse(
  JSON.stringify({
    type: 'record',
    name: 'Anything',
    namespace: NAMESPACE,
    fields: [
      ...SCALARS.map(name => optionalField(name, name)),
      optionalField('array', { type: 'array', items: 'Anything' }),
      optionalField('map', { type: 'array', items: entry }),
    ],
  }),
  [],
)

export const anythingType = anythingSchema.root as RecordType

const ANYTHING_TEXT = anythingSchema.text

/** By what it says, wherever it comes from. */
export function isAnythingType(type: AvroType): boolean {
  return type === anythingType || schemaText(type) === ANYTHING_TEXT
}

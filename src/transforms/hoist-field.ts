import { key } from '../config/keys.ts'
import { SchemaBuilder } from '../data/schema-builder.ts'
import { Struct } from '../data/struct.ts'
import { validateValue } from '../data/validate.ts'
import { twoForms } from './config.ts'
import { putMember } from './map-copy.ts'
import { keyAndValue } from './operand.ts'
import { SchemaCache } from './schema-cache.ts'

/** Puts the whole key or value under one field. Java: org.apache.kafka.connect.transforms.HoistField */
export const hoistField = keyAndValue({
  name: 'HoistField',
  doc: twoForms(
    'Wrap data using the specified field name in a Struct when schema present, or a Map in the case of schemaless data.',
    'HoistField',
  ),
  config: {
    field: key.string({
      importance: 'medium',
      doc: 'Field name for the single field that will be created in the resulting Struct or Map.',
    }),
  },
  create({ field }, operand) {
    const schemas = new SchemaCache(schema => SchemaBuilder.struct().field(field, schema).build())
    return {
      apply(record) {
        const schema = operand.schema(record)
        const value = operand.value(record) ?? null
        if (schema === null) {
          const map: Record<string, unknown> = {}
          putMember(map, field, value)
          return operand.replace(record, null, map)
        }
        const hoisted = schemas.get(schema)
        // Unlike a field's value, a record's was checked by nobody.
        validateValue(field, schema, value)
        return operand.replace(record, hoisted, new Struct(hoisted, [value]))
      },
    }
  },
})

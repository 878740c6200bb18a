import { key } from '../config/keys.ts'
import { IllegalArgumentException } from '../data/java-errors.ts'
import { replaceNullWithDefault, twoForms } from './config.ts'
import { FieldPath, fieldSyntaxVersion } from './field-path.ts'
import { keyAndValue, requireMap, requireStruct } from './operand.ts'

const PURPOSE = 'field extraction'

/** Puts one field in the place of the whole key or value. Java: org.apache.kafka.connect.transforms.ExtractField */
export const extractField = keyAndValue({
  name: 'ExtractField',
  doc: twoForms(
    'Extract the specified field from a Struct when schema present, or a Map in the case of schemaless data. Any null values are passed through unmodified.',
    'ExtractField',
  ),
  config: {
    field: key.string({ importance: 'medium', doc: 'Field name to extract.' }),
    ...replaceNullWithDefault,
    ...fieldSyntaxVersion,
  },
  create(config, operand) {
    const path = new FieldPath(config.field, config['field.syntax.version'])
    const defaults = config['replace.null.with.default']
    return {
      apply(record) {
        const schema = operand.schema(record)
        const value = operand.value(record)
        if (schema === null)
          return operand.replace(
            record,
            null,
            isNull(value) ? null : path.valueInMap(requireMap(value, PURPOSE)),
          )
        const struct = isNull(value) ? null : requireStruct(value, PURPOSE, schema)
        const field = path.fieldIn(schema)
        if (field === null) throw new IllegalArgumentException(`Unknown field: ${config.field}`)
        return operand.replace(record, field.schema, struct && path.valueInStruct(struct, defaults))
      },
    }
  },
})

function isNull(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

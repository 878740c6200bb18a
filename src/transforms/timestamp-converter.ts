import { key } from '../config/keys.ts'
import { oneOf } from '../config/validators.ts'
import { ConfigException } from '../data/errors.ts'
import { JavaDateFormat } from '../data/java-date-format.ts'
import { IllegalArgumentException } from '../data/java-errors.ts'
import type { Schema } from '../data/schema.ts'
import { SchemaBuilder } from '../data/schema-builder.ts'
import { Struct } from '../data/struct.ts'
import { replaceNullWithDefault, twoForms } from './config.ts'
import { getEntry, HashMapCopier, putEntry } from './map-copy.ts'
import { keyAndValue, requireMap, requireStruct } from './operand.ts'
import { copySchemaBasics } from './schema-basics.ts'
import { SchemaCache } from './schema-cache.ts'
import { StructCopy, sourceField } from './struct-copy.ts'
import {
  millisOf,
  schemaOfType,
  TIMESTAMP_TYPES,
  type TimestampForm,
  type TimestampType,
  typeOfSchema,
  typeOfValue,
  valueOfMillis,
} from './timestamp-types.ts'
import type { UnixPrecision } from './unix-time.ts'

const PURPOSE = 'converting timestamp formats'

/** Timestamps of one form in another. Java: org.apache.kafka.connect.transforms.TimestampConverter */
export const timestampConverter = keyAndValue({
  name: 'TimestampConverter',
  doc: twoForms(
    'Convert timestamps between different formats such as Unix epoch, strings, and Connect Date/Timestamp types.Applies to individual fields or to the entire value.',
    'TimestampConverter',
  ),
  config: {
    field: key.string({
      default: '',
      importance: 'high',
      doc: 'The field containing the timestamp, or empty if the entire value is a timestamp',
    }),
    'target.type': key.string({
      importance: 'high',
      validator: oneOf(...TIMESTAMP_TYPES),
      doc: 'The desired timestamp representation: string, unix, Date, Time, or Timestamp',
    }),
    format: key.string({
      default: '',
      importance: 'medium',
      doc: 'A SimpleDateFormat-compatible format for the timestamp. Used to generate the output when type=string or used to parse the input if the input is a string.',
    }),
    'unix.precision': key.string({
      default: 'milliseconds',
      importance: 'low',
      validator: oneOf('nanoseconds', 'microseconds', 'milliseconds', 'seconds'),
      doc: 'The desired Unix precision for the timestamp: seconds, milliseconds, microseconds, or nanoseconds. Used to generate the output when type=unix or used to parse the input if the input is a Long.Note: This SMT will cause precision loss during conversions from, and to, values with sub-millisecond components.',
    }),
    ...replaceNullWithDefault,
  },
  create(config, operand) {
    const { field } = config
    const target = config['target.type'] as TimestampType
    const form: TimestampForm = {
      format: formatOf(target, config.format),
      precision: config['unix.precision'] as UnixPrecision,
    }
    const copier = new HashMapCopier()

    const converted = (value: unknown, schema: Schema | null): unknown => {
      // Of a schema that holds no timestamps Java complains even where the value is null.
      const type = schema === null ? null : typeOfSchema(schema)
      if (value === null) return null
      return valueOfMillis(millisOf(value, type ?? typeOfValue(value), form, schema), target, form)
    }

    const plans = new SchemaCache(schema => {
      const builder = copySchemaBasics(schema, SchemaBuilder.struct())
      for (const { name, schema: own } of schema.fields)
        builder.field(name, name === field ? schemaOfType(target, own.optional) : own)
      if (schema.optional) builder.optional()
      const copyTo = (updated: Schema): StructCopy => {
        const sources = updated.fields.map(({ name }) => sourceField(schema, name))
        return new StructCopy(updated, sources, config['replace.null.with.default'], source =>
          source.name === field ? value => converted(value, source.schema) : null,
        )
      }
      if (schema.defaultValue !== null) {
        const values = copyTo(builder.draft).values(schema.defaultValue as Struct)
        builder.defaultValue(new Struct(builder.draft, values))
      }
      const updated = builder.build()
      return { updated, copy: copyTo(updated) }
    })

    return {
      apply(record) {
        const schema = operand.schema(record)
        const value = operand.value(record) ?? null
        if (schema === null) {
          if (value === null || field === '') return operand.replace(record, null, converted(value, null))
          const map = requireMap(value, PURPOSE)
          const copy = copier.copy(map)
          putEntry(copy, field, converted(getEntry(map, field), null))
          return operand.replace(record, null, copy)
        }
        if (field === '')
          return operand.replace(record, schemaOfType(target, schema.optional), converted(value, schema))
        const struct = value === null ? null : requireStruct(value, PURPOSE, schema)
        const { updated, copy } = plans.get(schema)
        return operand.replace(record, updated, struct && new Struct(updated, copy.values(struct)))
      },
    }
  },
})

function formatOf(target: TimestampType, pattern: string): JavaDateFormat | null {
  if (pattern === '') {
    if (target !== 'string') return null
    throw new ConfigException(
      'TimestampConverter requires format option to be specified when using string timestamps',
    )
  }
  try {
    return new JavaDateFormat(pattern)
  } catch (error) {
    if (!(error instanceof IllegalArgumentException)) throw error
    throw new ConfigException(
      `Invalid value java.lang.IllegalArgumentException: ${error.message} for configuration TimestampConverter requires a SimpleDateFormat-compatible pattern for string timestamps: ${pattern}`,
    )
  }
}

import { key } from '../config/keys.ts'
import { ConfigException, DataException } from '../data/errors.ts'
import { javaClassName } from '../data/java-class.ts'
import { timestampBuilder } from '../data/logical.ts'
import { Int32 } from '../data/numbers.ts'
import { type ConnectRecord, SinkRecord, SourceRecord } from '../data/records.ts'
import {
  INT32_SCHEMA,
  INT64_SCHEMA,
  OPTIONAL_INT32_SCHEMA,
  OPTIONAL_INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  type Schema,
  STRING_SCHEMA,
} from '../data/schema.ts'
import { SchemaBuilder } from '../data/schema-builder.ts'
import { Struct } from '../data/struct.ts'
import { validateValue } from '../data/validate.ts'
import { replaceNullWithDefault, twoForms } from './config.ts'
import { HashMapCopier, putEntry } from './map-copy.ts'
import { keyAndValue, requireMap, requireStruct } from './operand.ts'
import { copySchemaBasics } from './schema-basics.ts'
import { SchemaCache } from './schema-cache.ts'
import { StructCopy } from './struct-copy.ts'

const PURPOSE = 'field insertion'

const REQUIRED_OR_OPTIONAL =
  'Suffix with <code>!</code> to make this a required field, or <code>?</code> to keep it optional (the default).'

const name = (doc: string) => key.string({ default: null, importance: 'medium', doc })

/** One field to insert. `value` gives null where the record has none: the field stays unset then. */
interface Insertion {
  name: string
  schema: Schema
  value(record: ConnectRecord): unknown
  schemalessValue(record: ConnectRecord): unknown
  /** Java puts a null of this field too, which a required one refuses. */
  putsNull: boolean
}

/**
 * Adds what a record's metadata say, or a constant, as fields.
 * Java: org.apache.kafka.connect.transforms.InsertField
 */
export const insertField = keyAndValue({
  name: 'InsertField',
  doc: twoForms(
    'Insert field(s) using attributes from the record metadata or a configured static value.',
    'InsertField',
  ),
  config: {
    'topic.field': name(`Field name for Kafka topic. ${REQUIRED_OR_OPTIONAL}`),
    'partition.field': name(`Field name for Kafka partition. ${REQUIRED_OR_OPTIONAL}`),
    'offset.field': name(
      `Field name for Kafka offset - only applicable to sink connectors.<br/>${REQUIRED_OR_OPTIONAL}`,
    ),
    'timestamp.field': name(`Field name for record timestamp. ${REQUIRED_OR_OPTIONAL}`),
    'static.field': name(`Field name for static data field. ${REQUIRED_OR_OPTIONAL}`),
    'static.value': name('Static field value, if field name configured.'),
    ...replaceNullWithDefault,
  },
  create(config, operand) {
    const insertions = insertionsOf(config)
    const copier = new HashMapCopier()
    const plans = new SchemaCache(schema => {
      const builder = copySchemaBasics(schema, SchemaBuilder.struct())
      for (const field of schema.fields) builder.field(field.name, field.schema)
      for (const insertion of insertions) builder.field(insertion.name, insertion.schema)
      const target = builder.build()
      return { target, copy: new StructCopy(target, schema.fields, config['replace.null.with.default']) }
    })
    return {
      apply(record) {
        const value = operand.value(record)
        if (value === null || value === undefined) return record
        const schema = operand.schema(record)
        if (schema === null) {
          const map = copier.copy(requireMap(value, PURPOSE))
          for (const insertion of insertions) {
            const inserted = insertion.schemalessValue(record)
            if (inserted !== null || insertion.putsNull) putEntry(map, insertion.name, inserted)
          }
          return operand.replace(record, null, map)
        }
        const struct = requireStruct(value, PURPOSE, schema)
        const { target, copy } = plans.get(struct.schema)
        const values = copy.values(struct)
        let at = struct.schema.fields.length
        for (const insertion of insertions) {
          const inserted = insertion.value(record)
          if (inserted === null && insertion.putsNull)
            validateValue(insertion.name, insertion.schema, inserted)
          values[at++] = inserted
        }
        return operand.replace(record, target, new Struct(target, values))
      },
    }
  },
})

const TIMESTAMP = timestampBuilder().build()
const OPTIONAL_TIMESTAMP = timestampBuilder().optional().build()

function insertionsOf(config: Readonly<Record<string, unknown>>): Insertion[] {
  const insertions: Insertion[] = []
  const add = (
    fieldKey: string,
    [optional, required]: readonly [Schema, Schema],
    value: Insertion['value'],
    schemalessValue = value,
    putsNull = false,
  ): void => {
    const given = config[fieldKey] as string | null
    if (given === null) return
    const isRequired = given.endsWith('!')
    const fieldName = isRequired || given.endsWith('?') ? given.slice(0, -1) : given
    insertions.push({
      name: fieldName,
      schema: isRequired ? required : optional,
      value,
      schemalessValue,
      putsNull,
    })
  }
  const strings = [OPTIONAL_STRING_SCHEMA, STRING_SCHEMA] as const
  const staticValue = config['static.value'] as string | null
  add('topic.field', strings, record => record.topic, undefined, true)
  add(
    'partition.field',
    [OPTIONAL_INT32_SCHEMA, INT32_SCHEMA],
    record => record.kafkaPartition,
    record => (record.kafkaPartition === null ? null : new Int32(record.kafkaPartition)),
  )
  add('offset.field', [OPTIONAL_INT64_SCHEMA, INT64_SCHEMA], offsetOf)
  add(
    'timestamp.field',
    [OPTIONAL_TIMESTAMP, TIMESTAMP],
    record => (record.timestamp === null ? null : new Date(record.timestamp)),
    record => record.timestamp,
  )
  add('static.field', strings, () => staticValue)
  if (insertions.length === 0) throw new ConfigException('No field insertion configured')
  if (config['static.field'] !== null && staticValue === null) {
    // Java prints the object that holds the field's name.
    throw new ConfigException(
      `Invalid value null for configuration static.value: No value specified for static field: org.apache.kafka.connect.transforms.InsertField$InsertionSpec@${(config['static.field'] as string).length.toString(16)}`,
      { hint: 'Set static.value, or remove static.field.' },
    )
  }
  return insertions
}

/** Java: Requirements.requireSinkRecord */
function offsetOf(record: ConnectRecord): number {
  if (record instanceof SinkRecord) return record.kafkaOffset
  const found =
    record instanceof SourceRecord ? 'org.apache.kafka.connect.source.SourceRecord' : javaClassName(record)
  throw new DataException(`Only SinkRecord supported for [${PURPOSE}], found: ${found}`)
}

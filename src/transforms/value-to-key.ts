import { key } from '../config/keys.ts'
import { noDuplicates } from '../config/validators.ts'
import { DataException } from '../data/errors.ts'
import { TABLE_SIZE, tableSizeFor } from '../data/java-hash.ts'
import { SchemaBuilder } from '../data/schema-builder.ts'
import { Struct } from '../data/struct.ts'
import { transformation } from '../sdk/plugin.ts'
import { replaceNullWithDefault } from './config.ts'
import { getEntry, putMember } from './map-copy.ts'
import { requireMap, requireStruct } from './operand.ts'
import { SchemaCache } from './schema-cache.ts'
import { StructCopy, sourceField } from './struct-copy.ts'

const PURPOSE = 'copying fields from value to key'

/** Makes the key of some of the value's fields. Java: org.apache.kafka.connect.transforms.ValueToKey */
export const valueToKey = transformation({
  className: 'org.apache.kafka.connect.transforms.ValueToKey',
  version: '4.3.1',
  doc: 'Replace the record key with a new key formed from a subset of fields in the record value.',
  config: {
    fields: key.list({
      importance: 'high',
      validator: noDuplicates({ empty: false, null: false }),
      doc: 'Field names on the record value to extract as the record key.',
    }),
    ...replaceNullWithDefault,
  },
  create(config) {
    const { fields } = config
    const tableSize = tableSizeFor(fields.length)
    const plans = new SchemaCache(schema => {
      const builder = SchemaBuilder.struct()
      for (const name of fields) {
        const field = schema.field(name)
        if (field === null) throw new DataException(`Field does not exist: ${name}`)
        builder.field(name, field.schema)
      }
      const target = builder.build()
      const sources = fields.map(name => sourceField(schema, name))
      return { target, copy: new StructCopy(target, sources, config['replace.null.with.default']) }
    })
    return {
      apply(record) {
        const { topic, kafkaPartition, valueSchema, value, timestamp } = record
        if (valueSchema === null) {
          const map = requireMap(value, PURPOSE)
          const made: Record<string, unknown> = { [TABLE_SIZE]: tableSize }
          for (const name of fields) putMember(made, name, getEntry(map, name))
          return record.newRecord(topic, kafkaPartition, null, made, valueSchema, value, timestamp)
        }
        const struct = requireStruct(value, PURPOSE, valueSchema)
        const { target, copy } = plans.get(struct.schema)
        const made = new Struct(target, copy.values(struct))
        return record.newRecord(topic, kafkaPartition, target, made, valueSchema, value, timestamp)
      },
    }
  },
})

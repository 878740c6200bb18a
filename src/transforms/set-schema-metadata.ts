import { key } from '../config/keys.ts'
import { ConfigException, DataException } from '../data/errors.ts'
import { ConnectSchema, type Schema } from '../data/schema.ts'
import { Struct } from '../data/struct.ts'
import { replaceNullWithDefault } from './config.ts'
import { keyAndValue } from './operand.ts'
import { SchemaCache } from './schema-cache.ts'
import { StructCopy, sourceField } from './struct-copy.ts'

/** Gives the schema another name or version. Java: org.apache.kafka.connect.transforms.SetSchemaMetadata */
export const setSchemaMetadata = keyAndValue({
  name: 'SetSchemaMetadata',
  doc: "Set the schema name, version or both on the record's key (<code>org.apache.kafka.connect.transforms.SetSchemaMetadata$Key</code>) or value (<code>org.apache.kafka.connect.transforms.SetSchemaMetadata$Value</code>) schema.",
  config: {
    'schema.name': key.string({ default: null, importance: 'high', doc: 'Schema name to set.' }),
    'schema.version': key.int({ default: null, importance: 'high', doc: 'Schema version to set.' }),
    ...replaceNullWithDefault,
  },
  create(config, operand) {
    const { 'schema.name': name, 'schema.version': version } = config
    if (name === null && version === null)
      throw new ConfigException('Neither schema name nor version configured')
    const plans = new SchemaCache(schema => {
      // A schema that is no STRUCT has no fields and is refused here, as in the JVM.
      const target = renamed(schema, name, version)
      const copies = new SchemaCache(
        source =>
          new StructCopy(
            target,
            target.fields.map(field => source.fields[field.index] ?? sourceField(source, field.name)),
            config['replace.null.with.default'],
          ),
      )
      return { target, copies }
    })
    return {
      apply(record) {
        const schema = operand.schema(record)
        const value = operand.value(record) ?? null
        if (schema === null) {
          if (value === null) return record
          throw new DataException('Schema required for [updating schema metadata]')
        }
        const { target, copies } = plans.get(schema)
        if (!(value instanceof Struct)) return operand.replace(record, target, value)
        const values = copies.get(value.schema).values(value)
        return operand.replace(record, target, new Struct(target, values))
      },
    }
  },
})

function renamed(schema: Schema, name: string | null, version: number | null): Schema {
  return new ConnectSchema(schema.type, {
    optional: schema.optional,
    defaultValue: schema.defaultValue,
    name: name ?? schema.name,
    version: version ?? schema.version,
    doc: schema.doc,
    parameters: schema.parameters,
    fields: schema.fields,
  })
}

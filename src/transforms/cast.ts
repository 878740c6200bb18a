import { key } from '../config/keys.ts'
import { javaTrim } from '../config/parse.ts'
import { satisfies } from '../config/validators.ts'
import { DataException } from '../data/errors.ts'
import { hashMapOrder } from '../data/java-hash.ts'
import type { Field, Schema } from '../data/schema.ts'
import { SchemaBuilder } from '../data/schema-builder.ts'
import { Struct } from '../data/struct.ts'
import { type CastType, cast as castValue, isCastType, OUTPUT_TYPES } from './cast-values.ts'
import { colonParts, PAIRS_TEXT } from './colon-pairs.ts'
import { replaceNullWithDefault, twoForms } from './config.ts'
import { getEntry, HashMapCopier, putEntry } from './map-copy.ts'
import { keyAndValue, requireMap, requireStruct } from './operand.ts'
import { copySchemaBasics } from './schema-basics.ts'
import { SchemaCache } from './schema-cache.ts'
import { type Convert, StructCopy } from './struct-copy.ts'

const PURPOSE = 'cast types'

/** Gives fields, or the whole key or value, another type. Java: org.apache.kafka.connect.transforms.Cast */
export const cast = keyAndValue({
  name: 'Cast',
  doc: twoForms(
    'Cast fields or the entire key or value to a specific type, e.g. to force an integer field to a smaller width. Cast from integers, floats, boolean and string to any other type, and cast binary to string (base64 encoded).',
    'Cast',
  ),
  config: {
    spec: key.list({
      importance: 'high',
      validator: satisfies(specs => {
        const complaint = complaintAbout(specs)
        return complaint === null ? null : { sentence: complaint }
      }, PAIRS_TEXT),
      doc: 'List of fields and the type to cast them to of the form field1:type,field2:type to cast fields of Maps or Structs. A single type to cast the entire value. Valid types are int8, int16, int32, int64, float32, float64, boolean, and string. Note that binary fields can only be cast to string.',
    }),
    ...replaceNullWithDefault,
  },
  create(config, operand) {
    const { casts, whole } = castsOf(config.spec)
    const fields = hashMapOrder([...casts.keys()])
    const copier = new HashMapCopier()
    const plans = new SchemaCache(schema => {
      const target = castSchema(schema, casts, whole)
      const convert = ({ name, schema: of }: Field): Convert | null => {
        const type = casts.get(name)
        return type === undefined ? null : value => castValue(of, value, type)
      }
      const copies = new SchemaCache(source => {
        if (source.fields.some(field => target.field(field.name) === null))
          throw new DataException('field cannot be null.')
        const sources = target.fields.map(field => source.field(field.name))
        return new StructCopy(target, sources, config['replace.null.with.default'], convert)
      })
      return { target, copies }
    })
    return {
      apply(record) {
        const value = operand.value(record)
        if (value === null || value === undefined) return record
        const schema = operand.schema(record)
        if (schema === null) {
          if (whole !== null) return operand.replace(record, null, castValue(null, value, whole))
          const source = requireMap(value, PURPOSE)
          const map = copier.copy(source)
          for (const name of fields)
            putEntry(map, name, castValue(null, getEntry(source, name), casts.get(name)!))
          return operand.replace(record, null, map)
        }
        const { target, copies } = plans.get(schema)
        if (whole !== null) return operand.replace(record, target, castValue(schema, value, whole))
        const struct = requireStruct(value, PURPOSE, schema)
        return operand.replace(record, target, new Struct(target, copies.get(struct.schema).values(struct)))
      },
    }
  },
})

interface Casts {
  /** By field; of two casts of one field the last counts. */
  casts: Map<string, CastType>
  /** The type for the whole key or value, or null. */
  whole: CastType | null
}

function castsOf(specs: readonly string[]): Casts {
  const casts = new Map<string, CastType>()
  for (const spec of specs) {
    const [field, type] = colonParts(spec)
    if (type === undefined) return { casts: new Map(), whole: typeOf(field!) }
    casts.set(javaTrim(field!), typeOf(type))
  }
  return { casts, whole: null }
}

function typeOf(text: string): CastType {
  return javaTrim(text).toUpperCase() as CastType
}

/** Java: Cast.parseFieldTypes */
function complaintAbout(specs: readonly string[] | null): string | null {
  if (specs === null || specs.length === 0) return 'Must specify at least one field to cast.'
  let whole = false
  for (const spec of specs) {
    const parts = colonParts(spec)
    if (parts.length > 2)
      return `Invalid value [${specs.join(', ')}] for configuration renames: Invalid rename mapping: ${spec}`
    const wrong = complaintAboutType(parts[parts.length - 1] ?? '')
    if (wrong !== null) return wrong
    whole ||= parts.length < 2
  }
  return whole && specs.length > 1
    ? 'Cast transformations that specify a type to cast the entire value to may only specify a single cast in their spec'
    : null
}

const OTHER_TYPES = ['BYTES', 'ARRAY', 'MAP', 'STRUCT']

function complaintAboutType(text: string): string | null {
  const type = typeOf(text) as string
  if (isCastType(type)) return null
  if (OTHER_TYPES.includes(type))
    return `Cast transformation does not support casting to ${type}; supported types are ${OUTPUT_TYPES}`
  const unknown = `java.lang.IllegalArgumentException: No enum constant org.apache.kafka.connect.data.Schema.Type.${type}`
  return `Invalid value ${unknown} for configuration Invalid type found in casting spec: ${javaTrim(text)}`
}

/** Of a cast field only whether it is optional, and its default, stay; of a whole value all but the type. */
function castSchema(schema: Schema, casts: ReadonlyMap<string, CastType>, whole: CastType | null): Schema {
  const builder = copySchemaBasics(schema, new SchemaBuilder(whole ?? 'STRUCT'))
  if (whole === null) {
    for (const field of schema.fields) {
      const type = casts.get(field.name)
      builder.field(field.name, type === undefined ? field.schema : castFieldSchema(field.schema, type))
    }
  }
  if (schema.optional) builder.optional()
  // A struct's default is refused here, as no struct can be cast.
  if (schema.defaultValue !== null)
    builder.defaultValue(castValue(schema, schema.defaultValue, whole ?? 'STRING'))
  return builder.build()
}

function castFieldSchema(schema: Schema, type: CastType): Schema {
  const builder = new SchemaBuilder(type)
  if (schema.optional) builder.optional()
  if (schema.defaultValue !== null) builder.defaultValue(castValue(schema, schema.defaultValue, type))
  return builder.build()
}

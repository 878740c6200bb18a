/** The JSON Schema of a Connect schema, as the JVM's converter has it. Java: JsonSchemaData.fromConnectSchema */
import { DataException } from '../../data/errors.ts'
import { inHashOrder, stringHashCode } from '../../data/java-hash.ts'
import { parseJson } from '../../data/json/jackson-parser.ts'
import { type JsonNode, MISSING } from '../../data/json/node.ts'
import { DECIMAL_NAME } from '../../data/logical-names.ts'
import type { Schema } from '../../data/schema.ts'
import { subschemaOrder } from '../../formats/json-schema/java-order.ts'
import {
  type Annotations,
  arrayModel,
  type CombinedModel,
  emptyModel,
  type Model,
  NO_ANNOTATIONS,
  numberModel,
  objectModel,
  plainModel,
  stringModel,
} from '../../formats/json-schema/model.ts'
import { isAdditionalField, isAnyJson } from '../json/additional-properties.ts'
import type { JsonOptions } from '../json/config.ts'
import { toJson } from '../json/from-connect.ts'
import { isUnion } from '../json/union.ts'
import { nonOptional } from '../non-optional.ts'
import type { JsonSchemaOptions } from './config.ts'
import {
  CONNECT_INDEX,
  CONNECT_PARAMETERS,
  CONNECT_TYPE,
  CONNECT_VERSION,
  ENUM_PARAMETER,
  GENERAL_ENUM_PARAMETER,
  ID_PARAMETER,
  KEY_PROPERTY,
  NAMESPACE,
  NULL_SYMBOL,
  VALUE_PROPERTY,
} from './names.ts'

/** Refers by id to what is inside itself; the references are resolved when the text is read. */
export function modelOf(schema: Schema, options: JsonSchemaOptions, values: JsonOptions): Model {
  return new ModelMaker(options, values).model(schema, null)
}

class ModelMaker {
  /** Of the schemas that were met. */
  private readonly ids = new Set<string>()

  constructor(
    private readonly options: JsonSchemaOptions,
    private readonly values: JsonOptions,
  ) {}

  /** `index` is that of the field, or of the member of a union; those are never null by themselves. */
  model(schema: Schema, index: number | null, ofUnion = false): Model {
    const id = schema.parameters?.get(ID_PARAMETER) ?? null
    if (id !== null) this.ids.add(id)
    if (schema.type === 'STRUCT' && (schema.optional || isUnion(schema))) {
      const members = isUnion(schema) ? this.members(schema) : [this.model(nonOptional(schema), null)]
      return oneOf(schema.optional ? [plainModel('null'), ...members] : members, id, index)
    }
    const model = this.content(schema)
    const described: Omit<Annotations, 'id' | 'unprocessed'> = {
      ...NO_ANNOTATIONS,
      title: schema.name,
      description: schema.doc,
      defaultValue: schema.defaultValue === null ? undefined : this.defaultOf(schema),
    }
    const attributes = attributesOf(schema)
    if (schema.optional && !ofUnion) {
      const inner = { ...model, ...described, id: null, unprocessed: hashMapOf(attributes) }
      return oneOf([plainModel('null'), inner], id, index)
    }
    if (index !== null) attributes.push([CONNECT_INDEX, index])
    return { ...model, ...described, id, unprocessed: hashMapOf(attributes) }
  }

  private members(schema: Schema): Model[] {
    return schema.fields.map(field => this.model(nonOptional(field.schema), field.index, true))
  }

  /** What is at the place of a schema that may have been met already. */
  private inner(schema: Schema, index: number | null): Model {
    const id = schema.parameters?.get(ID_PARAMETER)
    if (id === undefined || !this.ids.has(id)) return this.model(schema, index)
    return { kind: 'reference', ...NO_ANNOTATIONS, ref: id, referred: emptyModel() }
  }

  private content(schema: Schema): Model {
    switch (schema.type) {
      case 'INT8':
      case 'INT16':
      case 'INT32':
      case 'INT64':
        return numberModel({ requiresInteger: true })
      case 'FLOAT32':
      case 'FLOAT64':
        return numberModel()
      case 'BOOLEAN':
        return plainModel('boolean')
      case 'STRING':
        return this.text(schema)
      case 'BYTES':
        return schema.name === DECIMAL_NAME ? numberModel() : stringModel()
      case 'ARRAY':
        return arrayModel({ items: this.inner(notNull(schema.valueSchema, 'ARRAY'), null) })
      case 'MAP':
        return this.map(schema)
      case 'STRUCT':
        return this.struct(schema)
    }
  }

  private text(schema: Schema): Model {
    const { parameters } = schema
    if (!parameters?.has(GENERAL_ENUM_PARAMETER) && !parameters?.has(ENUM_PARAMETER)) return stringModel()
    const prefix = `${this.options.generalized ? GENERAL_ENUM_PARAMETER : ENUM_PARAMETER}.`
    const symbols = [...parameters.keys()].filter(name => name.startsWith(prefix))
    const values = symbols.map(name => name.slice(prefix.length))
    return {
      kind: 'enum',
      ...NO_ANNOTATIONS,
      values: values.map(symbol => (symbol === NULL_SYMBOL ? null : symbol)),
    }
  }

  private map(schema: Schema): Model {
    const keySchema = notNull(schema.keySchema, 'MAP')
    const valueSchema = notNull(schema.valueSchema, 'MAP')
    if (keySchema.type === 'STRING' && !keySchema.optional)
      return objectModel({ schemaOfAdditionalProperties: this.model(valueSchema, null) })
    const properties = new Map([
      [KEY_PROPERTY, this.model(keySchema, 0)],
      [VALUE_PROPERTY, this.model(valueSchema, 1)],
    ])
    return arrayModel({ items: objectModel({ properties: inHashOrder(properties, stringHashCode) }) })
  }

  private struct(schema: Schema): Model {
    const additional = schema.fields.find(field => isAdditionalField(field, this.values))
    const properties = schema.fields
      .filter(field => field !== additional)
      .map(field => [field.name, this.inner(field.schema, field.index)] as const)
    const kept = additional === undefined || isAnyJson(additional) ? null : additional.schema.valueSchema
    return objectModel({
      properties: hashMapOf(properties),
      additionalProperties: this.options.openObjects || additional !== undefined,
      schemaOfAdditionalProperties: kept === null ? null : this.model(kept, null),
    })
  }

  private defaultOf(schema: Schema): JsonNode {
    const node = parseJson(Buffer.from(toJson(schema, schema.defaultValue, this.values)))
    return node === MISSING ? null : node
  }
}

function oneOf(members: readonly Model[], id: string | null, index: number | null): CombinedModel {
  const unprocessed = new Map<string, JsonNode>(index === null ? [] : [[CONNECT_INDEX, index]])
  const subschemas = subschemaOrder(members)
  return {
    kind: 'combined',
    ...NO_ANNOTATIONS,
    id,
    unprocessed,
    criterion: 'oneOf',
    subschemas,
    synthetic: false,
  }
}

const CONNECT_TYPES: Readonly<Partial<Record<Schema['type'], string>>> = {
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FLOAT32: 'float32',
  FLOAT64: 'float64',
  BYTES: 'bytes',
  MAP: 'map',
}

/** In the order in which the JVM puts them into a HashMap. */
function attributesOf(schema: Schema): [string, JsonNode][] {
  const attributes: [string, JsonNode][] = []
  const type = CONNECT_TYPES[schema.type]
  if (type !== undefined) attributes.push([CONNECT_TYPE, type])
  if (schema.version !== null) attributes.push([CONNECT_VERSION, schema.version])
  const parameters = [...(schema.parameters ?? [])].filter(([name]) => !name.startsWith(NAMESPACE))
  if (parameters.length > 0)
    attributes.push([CONNECT_PARAMETERS, hashMapOf(parameters) as Map<string, JsonNode>])
  return attributes
}

function hashMapOf<V>(entries: readonly (readonly [string, V])[]): Map<string, V> {
  return inHashOrder(new Map(entries), stringHashCode)
}

function notNull(schema: Schema | null, type: string): Schema {
  if (schema !== null) return schema
  throw new DataException(`A ${type} whose elements have no schema has no JSON Schema`)
}

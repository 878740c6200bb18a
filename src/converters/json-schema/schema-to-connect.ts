/** The Connect schema of a JSON Schema. Java: JsonSchemaData.toConnectSchema */
import { DataException } from '../../data/errors.ts'
import { javaText } from '../../data/java-text.ts'
import { isObject, type JsonNode, memberNames } from '../../data/json/node.ts'
import { type Schema, STRING_SCHEMA } from '../../data/schema.ts'
import { SchemaBuilder } from '../../data/schema-builder.ts'
import type {
  ArrayModel,
  CombinedModel,
  EnumModel,
  Model,
  NumberModel,
  ObjectModel,
} from '../../formats/json-schema/model.ts'
import { jsonText } from '../../formats/json-schema/schema-text.ts'
import { type Cycle, CyclicSchema } from '../cyclic-schema.ts'
import { inField } from '../field-path.ts'
import { addAdditionalField } from '../json/additional-properties.ts'
import type { JsonOptions } from '../json/config.ts'
import { toConnect } from '../json/to-connect.ts'
import { ONE_OF_NAME, UNION_PARAMETER } from '../json/union.ts'
import { propertiesOf } from './all-of.ts'
import type { JsonSchemaOptions } from './config.ts'
import { fieldsOf } from './field-order.ts'
import {
  CONNECT_PARAMETERS,
  CONNECT_TYPE,
  CONNECT_VERSION,
  ENUM_PARAMETER,
  GENERAL_ENUM_PARAMETER,
  GENERAL_UNION_PREFIX,
  ID_PARAMETER,
  KEY_PROPERTY,
  NULL_SYMBOL,
  VALUE_PROPERTY,
} from './names.ts'

/** @throws DataException for what Connect has no type for */
export function connectSchemaOf(
  model: Model,
  version: number | null,
  options: JsonSchemaOptions,
  values: JsonOptions,
): Schema {
  return new SchemaMaker(options, values).schema(model, version, false)
}

/** Java goes on until its memory is full. */
const MOST_SCHEMAS = 100_000

/** A struct that is being made, or was: where it is met again it is that one. */
interface Known {
  readonly builder: SchemaBuilder
  readonly cycle: Cycle
}

class SchemaMaker {
  private readonly known = new Map<Model, Known>()
  /** Combinations on the way here, with how many structs were around: without another one there would be no end. */
  private readonly open = new Map<Model, number>()
  private readonly making = new Set<Model>()
  private ids = 0
  private made = 0
  private unions = 0

  constructor(
    private readonly options: JsonSchemaOptions,
    private readonly values: JsonOptions,
  ) {}

  schema(model: Model, version: number | null, optional: boolean): Schema {
    if (++this.made > MOST_SCHEMAS) {
      throw new DataException(`A schema that unfolds into more than ${MOST_SCHEMAS} is not converted`, {
        hint: 'Unions that refer to unions multiply: let them refer to objects.',
      })
    }
    switch (model.kind) {
      case 'reference':
        return this.referred(model.referred, version, optional)
      case 'combined':
        return this.guarded(model, () => this.combined(model, version, optional))
      case 'boolean':
        return this.finished(SchemaBuilder.bool(), model, version, optional)
      case 'number':
        return this.finished(numberBuilder(model), model, version, optional)
      case 'string': {
        const bytes = model.unprocessed.get(CONNECT_TYPE) === 'bytes'
        return this.finished(bytes ? SchemaBuilder.bytes() : SchemaBuilder.string(), model, version, optional)
      }
      case 'enum':
        return this.finished(this.enumBuilder(model), model, version, optional)
      case 'array':
        return this.finished(this.arrayBuilder(model), model, version, optional)
      case 'object':
        // Java goes round until its stack is full where no reference but a union leads back.
        if (this.making.has(model)) return this.again(this.known.get(model)!, optional)
        return this.finished(this.objectBuilder(model), model, version, optional)
      default:
        throw unsupported(model)
    }
  }

  private guarded(model: Model, make: () => Schema): Schema {
    const before = this.open.get(model)
    if (before === this.making.size)
      throw new DataException('A schema that is nothing but itself again has no Connect schema')
    this.open.set(model, this.making.size)
    const schema = make()
    if (before === undefined) this.open.delete(model)
    else this.open.set(model, before)
    return schema
  }

  private referred(model: Model, version: number | null, optional: boolean): Schema {
    const known = this.known.get(model)
    return known === undefined ? this.schema(model, version, optional) : this.again(known, optional)
  }

  private again(known: Known, optional: boolean): Schema {
    known.builder.parameter(ID_PARAMETER, `#id${++this.ids}`)
    return new CyclicSchema(known.cycle, optional)
  }

  private struct(model: Model): SchemaBuilder {
    const builder = SchemaBuilder.struct()
    this.making.add(model)
    this.known.set(model, { builder, cycle: { schema: builder.draft } })
    return builder
  }

  private enumBuilder(model: EnumModel): SchemaBuilder {
    const { generalized } = this.options
    const prefix = generalized ? GENERAL_ENUM_PARAMETER : ENUM_PARAMETER
    const builder = SchemaBuilder.string().parameter(prefix, '')
    for (const [i, value] of model.values.entries()) {
      const symbol = value === null ? NULL_SYMBOL : symbolOf(value)
      builder.parameter(`${prefix}.${symbol}`, generalized ? String(i) : symbol)
    }
    return builder
  }

  private arrayBuilder(model: ArrayModel): SchemaBuilder {
    const { items } = model
    if (items === null) throw new DataException('Array schema did not specify the items type')
    if (model.unprocessed.get(CONNECT_TYPE) !== 'map' || items.kind !== 'object')
      return SchemaBuilder.array(this.schema(items, null, false))
    const [keys, values] = [KEY_PROPERTY, VALUE_PROPERTY].map(name => {
      const property = items.properties.get(name)
      if (property === undefined) throw new DataException(`Map schema did not specify the ${name} type`)
      return this.schema(property, null, false)
    })
    return SchemaBuilder.map(keys!, values!)
  }

  private objectBuilder(model: ObjectModel): SchemaBuilder {
    if (model.unprocessed.get(CONNECT_TYPE) === 'map') {
      const values = model.schemaOfAdditionalProperties
      if (values === null) throw new DataException('Map schema did not specify the value type')
      return SchemaBuilder.map(STRING_SCHEMA, this.schema(values, null, false))
    }
    const builder = this.struct(model)
    for (const [name, property] of fieldsOf(model.properties))
      this.field(builder, name, property, model.required.includes(name))
    if (this.options.keepAdditional && model.additionalProperties) {
      const values = model.schemaOfAdditionalProperties
      addAdditionalField(builder, values === null ? null : this.schema(values, null, false))
    }
    this.making.delete(model)
    return builder
  }

  private field(builder: SchemaBuilder, name: string, property: Model, required: boolean): void {
    const optional = this.options.optionalUnlessRequired && !required
    try {
      builder.field(name, this.schema(property, null, optional))
    } catch (error) {
      throw inField(error, name)
    }
  }

  private combined(model: CombinedModel, version: number | null, optional: boolean): Schema {
    if (model.criterion === 'allOf') return this.allOf(model, version, optional)
    const { subschemas } = model
    const others = subschemas.filter(({ kind }) => kind !== 'null')
    const [only] = others
    if (only !== undefined && others.length === 1) {
      if (subschemas.length === 2) return this.schema(only, version, true)
      if (subschemas.length === 1 && this.options.flattenSingletons)
        return this.schema(only, version, optional)
    }
    const { generalized } = this.options
    const name = generalized ? `${GENERAL_UNION_PREFIX}${this.unions++}` : ONE_OF_NAME
    const builder = SchemaBuilder.struct().name(name)
    if (generalized) builder.parameter(UNION_PARAMETER, name)
    const prefix = generalized ? `${GENERAL_UNION_PREFIX}field_` : `${name}.field.`
    for (const [i, member] of others.entries()) builder.field(prefix + i, this.schema(member, null, true))
    return this.finished(builder, model, version, optional || others.length < subschemas.length)
  }

  /** Properties make a struct; else one of the parts says what the value is. */
  private allOf(model: CombinedModel, version: number | null, optional: boolean): Schema {
    const { properties, required } = propertiesOf(model)
    if (properties.size > 0) {
      const builder = this.struct(model)
      for (const [name, property] of properties) this.field(builder, name, property, required.has(name))
      this.making.delete(model)
      return (optional ? builder.optional() : builder).build()
    }
    const part = decidingPart(model)
    if (part === undefined) throw unsupported(model)
    return this.schema(part, version, optional)
  }

  private finished(builder: SchemaBuilder, model: Model, version: number | null, optional: boolean): Schema {
    const { draft } = builder
    if (model.title !== null && draft.name === null) builder.name(model.title)
    const own = model.unprocessed.get(CONNECT_VERSION)
    if (typeof own === 'number') builder.version(own)
    else if (version !== null) builder.version(version)
    if (model.description !== null) builder.doc(model.description)
    builder.parameters(parametersOf(model.unprocessed.get(CONNECT_PARAMETERS)))
    if (model.defaultValue !== undefined)
      builder.defaultValue(toConnect(draft, model.defaultValue, this.values))
    if (optional) builder.optional()
    return builder.build()
  }
}

/** Java: JsonSchemaData.allOfToConnectSchema */
function decidingPart({ subschemas }: CombinedModel): Model | undefined {
  const last = (kind: Model['kind']): Model | undefined => subschemas.findLast(part => part.kind === kind)
  const number = last('number')
  const string = last('string')
  const combined = last('combined')
  if (combined !== undefined) return combined
  if (last('const') !== undefined) return string ?? number
  const values = last('enum')
  if (values !== undefined) return string !== undefined ? values : number
  return string !== undefined ? (number ?? string) : last('reference')
}

function numberBuilder(model: NumberModel): SchemaBuilder {
  const type = model.unprocessed.get(CONNECT_TYPE)
  switch (type) {
    case undefined:
      return model.requiresInteger ? SchemaBuilder.int64() : SchemaBuilder.float64()
    case 'int8':
      return SchemaBuilder.int8()
    case 'int16':
      return SchemaBuilder.int16()
    case 'int32':
      return SchemaBuilder.int32()
    case 'int64':
      return SchemaBuilder.int64()
    case 'float32':
      return SchemaBuilder.float32()
    case 'float64':
      return SchemaBuilder.float64()
    case 'bytes':
      return SchemaBuilder.bytes()
    default:
      throw new DataException(`Unsupported type ${jsonText(type)}`)
  }
}

function symbolOf(value: JsonNode): string {
  return typeof value === 'string'
    ? value
    : isObject(value) || Array.isArray(value)
      ? javaText(value)
      : jsonText(value)
}

function parametersOf(node: JsonNode | undefined): [string, string][] {
  if (node === undefined || !(node instanceof Map)) return []
  return memberNames(node).map(name => {
    const value = node.get(name)!
    return [name, typeof value === 'string' ? value : jsonText(value)]
  })
}

const JAVA_CLASSES: Readonly<Partial<Record<Model['kind'], string>>> = {
  empty: 'EmptySchema',
  false: 'FalseSchema',
  null: 'NullSchema',
  const: 'ConstSchema',
  not: 'NotSchema',
  conditional: 'ConditionalSchema',
  combined: 'CombinedSchema',
}

function unsupported(model: Model): DataException {
  return new DataException(`Unsupported schema type org.everit.json.schema.${JAVA_CLASSES[model.kind]}`, {
    hint: 'Connect has no type for values of which the schema does not say what they are: give them a type.',
  })
}

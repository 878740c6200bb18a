/** A model as the text that everit gives it, members in its order. Java: org.everit.json.schema.ToStringVisitor */
import { BigDecimal } from '../../data/big-decimal.ts'
import { hashMapOrder, orderByHash, tableSizeFor, tableSizeOfCopy } from '../../data/java-hash.ts'
import { isObject, type JsonNode, member, memberNames } from '../../data/json/node.ts'
import { quoted } from '../../data/json/text.ts'
import { valueHash } from './java-order.ts'
import type { Annotations, ArrayModel, Model, ObjectModel } from './model.ts'
import { jsonText } from './schema-text.ts'

/** As Jackson prints what everit wrote: compact. */
export function described(model: Model): string {
  if (model.kind === 'empty' && model.literal) return 'true'
  if (model.kind === 'false') return 'false'
  return `{${membersOf(model).join(',')}}`
}

function membersOf(model: Model): string[] {
  switch (model.kind) {
    case 'boolean':
    case 'null':
      return model.kind === 'null'
        ? ['"type":"null"', ...annotations(model)]
        : [...annotations(model), '"type":"boolean"']
    case 'number':
      return present(
        model.requiresInteger ? '"type":"integer"' : model.requiresNumber && '"type":"number"',
        valued('minimum', model.minimum),
        valued('maximum', model.maximum),
        valued('multipleOf', model.multipleOf),
        model.exclusiveMinimum && '"exclusiveMinimum":true',
        model.exclusiveMaximum && '"exclusiveMaximum":true',
        valued('exclusiveMinimum', model.exclusiveMinimumLimit),
        valued('exclusiveMaximum', model.exclusiveMaximumLimit),
        ...annotations(model),
      )
    case 'string':
      return present(
        model.requiresString && '"type":"string"',
        valued('minLength', model.minLength),
        valued('maxLength', model.maxLength),
        valued('pattern', model.pattern),
        valued('format', model.format),
        ...annotations(model),
      )
    case 'enum':
      return [`"enum":[${enumValues(model.values).map(orgJsonText).join(',')}]`, ...annotations(model)]
    case 'const':
      return [`"const":${orgJsonText(model.value)}`, ...annotations(model)]
    case 'not':
      return [...annotations(model), `"not":${described(model.mustNotMatch)}`]
    case 'conditional':
      return present(
        ...annotations(model),
        nested('if', model.condition),
        nested('then', model.consequence),
        nested('else', model.alternative),
      )
    case 'reference':
      return [`"$ref":${quoted(model.ref)}`, ...annotations(model)]
    case 'combined':
      return model.synthetic
        ? [...annotations(model), ...model.subschemas.flatMap(membersOf)]
        : [...annotations(model), `"${model.criterion}":[${model.subschemas.map(described).join(',')}]`]
    case 'array':
      return arrayMembers(model)
    case 'object':
      return objectMembers(model)
    default:
      return annotations(model)
  }
}

type Member = string | false | null

function present(...members: Member[]): string[] {
  return members.filter(text => typeof text === 'string')
}

function valued(name: string, value: JsonNode): Member {
  return value === null ? null : `"${name}":${orgJsonText(value)}`
}

function nested(name: string, model: Model | null): Member {
  return model === null ? null : `"${name}":${described(model)}`
}

function annotations(model: Annotations): string[] {
  return present(
    valued('title', model.title),
    valued('description', model.description),
    model.defaultValue === undefined ? null : `"default":${orgJsonText(model.defaultValue)}`,
    valued('readOnly', model.readOnly),
    valued('writeOnly', model.writeOnly),
    valued('id', model.id),
    ...unprocessed(model),
  )
}

function unprocessed({ unprocessed: members }: Annotations): string[] {
  const names = hashMapOrder([...members.keys()], tableSizeOfCopy(members.size))
  return names.map(name => `${quoted(name)}:${orgJsonText(members.get(name)!)}`)
}

function arrayMembers(model: ArrayModel): string[] {
  return present(
    model.requiresArray && '"type":"array"',
    model.uniqueItems && '"uniqueItems":true',
    valued('minItems', model.minItems),
    valued('maxItems', model.maxItems),
    !model.additionalItems && '"additionalItems":false',
    ...annotations(model),
    nested('items', model.items),
    model.itemList !== null && `"items":[${model.itemList.map(described).join(',')}]`,
    nested('additionalItems', model.schemaOfAdditionalItems),
    nested('contains', model.contains),
    valued('minContains', model.minContains),
    valued('maxContains', model.maxContains),
    nested('unevaluatedItems', model.unevaluatedItems),
  )
}

function objectMembers(model: ObjectModel): string[] {
  const dependencies = [...model.propertyDependencies].map(
    ([name, names]) => `${quoted(name)}:[${[...names].map(quoted).join(',')}]`,
  )
  return present(
    model.requiresObject && '"type":"object"',
    valued('minProperties', model.minProperties),
    valued('maxProperties', model.maxProperties),
    dependencies.length > 0 && `"dependencies":{${dependencies.join(',')}}`,
    schemas('dependencies', model.schemaDependencies),
    !model.additionalProperties && '"additionalProperties":false',
    ...annotations(model),
    model.required.length > 0 && `"required":[${model.required.map(quoted).join(',')}]`,
    nested('propertyNames', model.propertyNames),
    nested('additionalProperties', model.schemaOfAdditionalProperties),
    schemas('patternProperties', model.patternProperties),
    schemas('properties', model.properties),
    nested('unevaluatedProperties', model.unevaluatedProperties),
  )
}

function schemas(name: string, models: ReadonlyMap<string, Model>): Member {
  if (models.size === 0) return null
  return `"${name}":{${[...models].map(([key, model]) => `${quoted(key)}:${described(model)}`).join(',')}}`
}

/** Each once, in the order of a HashSet. */
function enumValues(values: readonly JsonNode[]): readonly JsonNode[] {
  const distinct = new Map(values.map(value => [jsonText(value), value]))
  return orderByHash([...distinct.values()], value => valueHash(value) ?? 0)
}

/** What org.json writes and Jackson reads: objects in HashMap's order, fractions without zeros at the end. */
function orgJsonText(node: JsonNode): string {
  if (node instanceof BigDecimal) return jsonText(withoutZeros(node))
  if (Array.isArray(node)) return `[${node.map(orgJsonText).join(',')}]`
  if (!isObject(node)) return jsonText(node)
  const names = hashMapOrder(hashMapOrder(memberNames(node)), tableSizeFor(memberNames(node).length))
  return `{${names.map(name => `${quoted(name)}:${orgJsonText(member(node, name)!)}`).join(',')}}`
}

/** Java: JSONObject.numberToString */
function withoutZeros(value: BigDecimal): BigDecimal {
  const text = value.toString()
  if (!text.includes('.') || text.includes('E')) return value
  return BigDecimal.parse(text.replace(/0+$/, '').replace(/\.$/, ''))!
}

import { hashMapOrder } from '../../data/java-hash.ts'
import { isObject, type JsonNode } from '../../data/json/node.ts'
import type { Dialect } from './dialect.ts'
import type { Scope } from './documents.ts'
import { parsedPropertyOrder } from './java-order.ts'
import type { Keywords } from './keywords.ts'
import type { Loader } from './loader.ts'
import { type Model, type ObjectModel, objectModel } from './model.ts'

const BASIC = [
  'properties',
  'required',
  'minProperties',
  'maxProperties',
  'patternProperties',
  'additionalProperties',
]
const MODERN = ['propertyNames', 'dependentRequired', 'dependentSchemas', 'unevaluatedProperties']

export function objectKeywords(dialect: Dialect): readonly string[] {
  if (dialect.modern) return [...BASIC, ...MODERN]
  return dialect.atLeast6 ? [...BASIC, 'dependencies', 'propertyNames'] : [...BASIC, 'dependencies']
}

/** Java: ObjectSchemaLoader */
export function loadObject(
  loader: Loader,
  keywords: Keywords,
  scope: Scope,
  requiresObject: boolean,
): ObjectModel {
  const { dialect } = scope.document
  keywords.take(objectKeywords(dialect))
  const additional = loader.child(keywords, 'additionalProperties', scope)
  return objectModel({
    requiresObject,
    minProperties: keywords.integer('minProperties'),
    maxProperties: keywords.integer('maxProperties'),
    properties: properties(loader, keywords, scope),
    additionalProperties: additional?.kind !== 'false',
    schemaOfAdditionalProperties:
      additional?.kind === 'false' || (additional?.kind === 'empty' && additional.literal)
        ? null
        : additional,
    required: keywords.texts('required'),
    patternProperties: models(loader, keywords, 'patternProperties', scope),
    ...(dialect.modern ? dependentKeywords(loader, keywords, scope) : dependencies(loader, keywords, scope)),
    ...(dialect.atLeast6 && { propertyNames: loader.child(keywords, 'propertyNames', scope) }),
    ...(dialect.modern && { unevaluatedProperties: loader.child(keywords, 'unevaluatedProperties', scope) }),
  })
}

function properties(loader: Loader, keywords: Keywords, scope: Scope): ReadonlyMap<string, Model> {
  const { dialect } = scope.document
  const members = new Map(
    keywords.members('properties').filter(([name, node]) => name !== dialect.idKeyword || isObject(node)),
  )
  const names = [...members.keys()]
  const ordered = dialect.modern ? hashMapOrder(names) : parsedPropertyOrder(names)
  return new Map(
    ordered.map(name => [name, at(loader, keywords, 'properties', name, members.get(name)!, scope)]),
  )
}

function at(
  loader: Loader,
  keywords: Keywords,
  keyword: string,
  name: string,
  node: JsonNode,
  scope: Scope,
): Model {
  return loader.schema(node, scope, `${keywords.pointer}/${keyword}/${name}`)
}

function models(
  loader: Loader,
  keywords: Keywords,
  keyword: string,
  scope: Scope,
): ReadonlyMap<string, Model> {
  return new Map(
    keywords.members(keyword).map(([name, node]) => [name, at(loader, keywords, keyword, name, node, scope)]),
  )
}

type Dependencies = Pick<ObjectModel, 'propertyDependencies' | 'schemaDependencies'>

function dependencies(loader: Loader, keywords: Keywords, scope: Scope): Dependencies {
  const propertyDependencies = new Map<string, ReadonlySet<string>>()
  const schemaDependencies = new Map<string, Model>()
  for (const [name, node] of keywords.members('dependencies')) {
    if (Array.isArray(node)) propertyDependencies.set(name, names(keywords, `dependencies/${name}`, node))
    else schemaDependencies.set(name, at(loader, keywords, 'dependencies', name, node, scope))
  }
  return { propertyDependencies, schemaDependencies }
}

function dependentKeywords(loader: Loader, keywords: Keywords, scope: Scope): Dependencies {
  const propertyDependencies = new Map<string, ReadonlySet<string>>()
  for (const [name, node] of keywords.members('dependentRequired'))
    propertyDependencies.set(name, names(keywords, `dependentRequired/${name}`, node))
  return { propertyDependencies, schemaDependencies: models(loader, keywords, 'dependentSchemas', scope) }
}

function names(keywords: Keywords, place: string, node: JsonNode): ReadonlySet<string> {
  if (!Array.isArray(node)) throw keywords.wrongType(place, 'JsonArray', node)
  return new Set(
    node.map((name, i) => {
      if (typeof name !== 'string') throw keywords.wrongType(`${place}/${i}`, 'String', name)
      return name
    }),
  )
}

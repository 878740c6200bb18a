import { type JsonObject, member, memberNames } from '../../../data/json/node.ts'
import type { ObjectModel } from '../model.ts'
import { matches, violationOf } from './violation.ts'

/** Java: ObjectSchemaValidatingVisitor */
export function objectViolation(model: ObjectModel, node: JsonObject, at: string): string | null {
  const names = memberNames(node)
  const { minProperties, maxProperties } = model
  for (const name of model.required)
    if (member(node, name) === undefined) return `${at}: required key [${name}] not found`
  if (minProperties !== null && names.length < minProperties)
    return `${at}: minimum size: [${minProperties}], found: [${names.length}]`
  if (maxProperties !== null && names.length > maxProperties)
    return `${at}: maximum size: [${maxProperties}], found: [${names.length}]`
  for (const name of names) {
    const violation = memberViolation(model, node, name, at)
    if (violation !== null) return violation
  }
  return dependencyViolation(model, node, at)
}

function memberViolation(model: ObjectModel, node: JsonObject, name: string, at: string): string | null {
  const value = member(node, name)!
  const place = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  const named = model.propertyNames === null ? null : violationOf(model.propertyNames, name, place)
  if (named !== null) return named
  const own = model.properties.get(name)
  const schemas = own === undefined ? [] : [own]
  for (const [pattern, schema] of model.patternProperties) if (matches(pattern, name)) schemas.push(schema)
  if (schemas.length === 0) {
    if (!model.additionalProperties) return `${at}: extraneous key [${name}] is not permitted`
    if (model.schemaOfAdditionalProperties !== null) schemas.push(model.schemaOfAdditionalProperties)
  }
  for (const schema of schemas) {
    const violation = violationOf(schema, value, place)
    if (violation !== null) return violation
  }
  return null
}

function dependencyViolation(model: ObjectModel, node: JsonObject, at: string): string | null {
  for (const [name, needed] of model.propertyDependencies) {
    if (member(node, name) === undefined) continue
    for (const other of needed)
      if (member(node, other) === undefined) return `${at}: property [${other}] is required`
  }
  for (const [name, schema] of model.schemaDependencies) {
    const violation = member(node, name) === undefined ? null : violationOf(schema, node, at)
    if (violation !== null) return violation
  }
  return null
}

import { hashMapOrder, tableSizeFor } from '../../../data/java-hash.ts'
import type { Model, ObjectModel } from '../model.ts'
import { compareBound } from './bounds.ts'
import type { Comparison } from './comparison.ts'
import { compareRest } from './content-rest.ts'
import { compareCovered, compareRemoved } from './covered.ts'
import { compareModels } from './incompatibilities.ts'

/** Java: ObjectSchemaDiff */
export function compareObjects(comparison: Comparison, original: ObjectModel, update: ObjectModel): void {
  comparison.at('required', () => compareRequired(comparison, original, update))
  comparison.at('properties', () => {
    for (const name of namesOf(original.properties, update.properties))
      comparison.at(name, () => compareProperty(comparison, name, original, update))
  })
  comparison.at('dependencies', () => compareDependencies(comparison, original, update))
  comparison.at('additionalProperties', () => compareAdditional(comparison, original, update))
  compareRest(
    comparison,
    'unevaluatedProperties',
    original.unevaluatedProperties,
    update.unevaluatedProperties,
  )
  compareBound(comparison, 'maxProperties', 'MAX_PROPERTIES', original.maxProperties, update.maxProperties)
  compareBound(comparison, 'minProperties', 'MIN_PROPERTIES', original.minProperties, update.minProperties)
}

/** Those of both in the order of a HashSet that was made from the one and got the other. */
function namesOf(original: ReadonlyMap<string, unknown>, update: ReadonlyMap<string, unknown>): string[] {
  const names = [...new Set([...original.keys(), ...update.keys()])]
  return hashMapOrder(names, tableSizeFor(Math.max(Math.trunc(original.size / 0.75) + 1, 16)))
}

function compareRequired(comparison: Comparison, original: ObjectModel, update: ObjectModel): void {
  for (const name of original.properties.keys()) {
    const property = update.properties.get(name)
    if (property === undefined) continue
    const before = original.required.includes(name)
    const after = update.required.includes(name)
    if (before && !after) comparison.found('REQUIRED_ATTRIBUTE_REMOVED', name)
    else if (!before && after) {
      const hasDefault = property.defaultValue !== undefined
      comparison.found(
        hasDefault ? 'REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED' : 'REQUIRED_ATTRIBUTE_ADDED',
        name,
      )
    }
  }
}

function compareProperty(
  comparison: Comparison,
  name: string,
  original: ObjectModel,
  update: ObjectModel,
): void {
  const before = original.properties.get(name)
  const after = update.properties.get(name)
  if (before === undefined) compareAdded(comparison, name, after!, original, update)
  else if (after === undefined)
    compareRemoved(comparison, before, 'PROPERTY', isOpen(update), coverOf(update, name))
  else compareModels(comparison, before, after)
}

/** What was written before may hold the name already, and with any value where the content was open. */
function compareAdded(
  comparison: Comparison,
  name: string,
  added: Model,
  original: ObjectModel,
  update: ObjectModel,
): void {
  const required = update.required.includes(name)
  const hasDefault = added.defaultValue !== undefined
  if (isOpen(original)) {
    if (added.kind === 'empty') comparison.found('PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL')
    else if (!required) comparison.found('OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL')
    else if (hasDefault) comparison.found('REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL')
    else comparison.found('REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL')
    return
  }
  const cover = coverOf(original, name)
  if (cover !== null) {
    compareCovered(comparison, cover, added, 'PROPERTY_ADDED')
  }
  if (!required) comparison.found('OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL')
  else if (hasDefault) comparison.found('REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL')
  else comparison.found('REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL')
}

/** Anything may stand under names that are not declared. */
function isOpen(model: ObjectModel): boolean {
  const { unevaluatedProperties: rest } = model
  return (
    model.patternProperties.size === 0 &&
    model.schemaOfAdditionalProperties === null &&
    model.additionalProperties &&
    (rest === null || rest.kind === 'empty')
  )
}

/** What a name that is not declared has to be; null where it must not be. */
function coverOf(model: ObjectModel, name: string): Model | null {
  for (const [pattern, schema] of model.patternProperties) if (found(pattern, name)) return schema
  if (model.schemaOfAdditionalProperties !== null) return model.schemaOfAdditionalProperties
  const { unevaluatedProperties: rest } = model
  return !model.additionalProperties || rest === null || rest.kind === 'false' || rest.kind === 'empty'
    ? null
    : rest
}

function found(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name)
  } catch {
    return false // an expression of Java's alone covers no name
  }
}

function compareDependencies(comparison: Comparison, original: ObjectModel, update: ObjectModel): void {
  for (const name of namesOf(original.propertyDependencies, update.propertyDependencies)) {
    const before = original.propertyDependencies.get(name)
    const after = update.propertyDependencies.get(name)
    if (after === undefined) comparison.found('DEPENDENCY_ARRAY_REMOVED', name)
    else if (before === undefined) comparison.found('DEPENDENCY_ARRAY_ADDED', name)
    else compareDependency(comparison, name, before, after)
  }
  for (const name of namesOf(original.schemaDependencies, update.schemaDependencies)) {
    const before = original.schemaDependencies.get(name)
    const after = update.schemaDependencies.get(name)
    if (after === undefined) comparison.found('DEPENDENCY_SCHEMA_REMOVED', name)
    else if (before === undefined) comparison.found('DEPENDENCY_SCHEMA_ADDED', name)
    else comparison.at(name, () => compareModels(comparison, before, after))
  }
}

function compareDependency(
  comparison: Comparison,
  name: string,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): void {
  const extended = before.isSubsetOf(after)
  const narrowed = after.isSubsetOf(before)
  if (extended && narrowed) return
  if (extended) comparison.found('DEPENDENCY_ARRAY_EXTENDED', name)
  else comparison.found(narrowed ? 'DEPENDENCY_ARRAY_NARROWED' : 'DEPENDENCY_ARRAY_CHANGED', name)
}

function compareAdditional(comparison: Comparison, original: ObjectModel, update: ObjectModel): void {
  const before = original.schemaOfAdditionalProperties
  const after = update.schemaOfAdditionalProperties
  if (original.additionalProperties !== update.additionalProperties) {
    comparison.found(
      update.additionalProperties ? 'ADDITIONAL_PROPERTIES_ADDED' : 'ADDITIONAL_PROPERTIES_REMOVED',
    )
  } else if (before === null && after !== null) comparison.found('ADDITIONAL_PROPERTIES_NARROWED')
  else if (before !== null && after === null) comparison.found('ADDITIONAL_PROPERTIES_EXTENDED')
  else compareModels(comparison, before, after)
}

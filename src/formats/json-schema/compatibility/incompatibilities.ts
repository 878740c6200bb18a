/** Whether data of one schema can be read with another. Java: json.diff.SchemaDiff */

import type { CombinedModel, Model } from '../model.ts'
import { jsonText } from '../schema-text.ts'
import { compareArrays } from './arrays.ts'
import { compareCombined } from './combined.ts'
import { Comparison } from './comparison.ts'
import { differenceText, isIncompatible } from './difference.ts'
import { compareObjects } from './objects.ts'
import { compareEnums, compareNumbers, compareStrings } from './scalars.ts'

/** One text for each place; empty when whatever `original` admits is read with `update`. */
export function incompatibilitiesOf(original: Model, update: Model): string[] {
  const comparison = new Comparison()
  compareModels(comparison, original, update)
  return comparison.differences.filter(({ type }) => isIncompatible(type)).map(differenceText)
}

/** Null is a schema that is not there. */
export function compareModels(comparison: Comparison, original: Model | null, update: Model | null): void {
  if (original === null && update === null) return
  if (original === null) {
    comparison.found('SCHEMA_ADDED')
    return
  }
  if (update === null) {
    comparison.found('SCHEMA_REMOVED')
    return
  }
  const from = referred(original)
  const to = referred(update)
  comparison.pair(from, to, within => comparePair(within, from, to))
}

/** Java looks behind one reference only; behind a chain it takes what the chain ends in to be the schema, too. */
function referred(model: Model): Model {
  let end = model
  while (end.kind === 'reference') end = end.referred
  return end
}

function comparePair(comparison: Comparison, original: Model, update: Model): void {
  if (update.kind === 'combined' && original.kind !== 'combined') {
    if (comparedWithOne(comparison, original, update)) return
  } else if (original.kind === 'combined' && update.kind !== 'combined') {
    if (comparedAsOne(comparison, original, update)) return
  }
  if (original.kind !== update.kind) {
    if (original.kind !== 'false' && update.kind !== 'empty') comparison.found('TYPE_CHANGED')
    return
  }
  compareAnnotations(comparison, original, update)
  compareContent(comparison, original, update)
}

/** A schema becomes one of several, or is still the only one. */
function comparedWithOne(comparison: Comparison, original: Model, update: CombinedModel): boolean {
  const { subschemas, criterion } = update
  if (subschemas.length !== 1 && criterion === 'allOf') return false
  for (const subschema of subschemas) {
    if (!tried(comparison, original, subschema)) continue
    if (subschemas.length !== 1) comparison.found('SUM_TYPE_EXTENDED')
    return true
  }
  return false
}

/** What had to be several is one of them only, or was but one. */
function comparedAsOne(comparison: Comparison, original: CombinedModel, update: Model): boolean {
  const { subschemas, criterion } = original
  if (subschemas.length !== 1 && criterion !== 'allOf') return false
  for (const subschema of subschemas) {
    if (!tried(comparison, subschema, update)) continue
    if (subschemas.length !== 1) comparison.found('PRODUCT_TYPE_NARROWED')
    return true
  }
  return false
}

function tried(comparison: Comparison, original: Model, update: Model): boolean {
  const attempt = comparison.attempt()
  compareModels(attempt, original, update)
  if (attempt.compatible) comparison.add(attempt.differences)
  return attempt.compatible
}

function compareAnnotations(comparison: Comparison, original: Model, update: Model): void {
  if (original.id !== update.id) comparison.found('ID_CHANGED')
  if (original.title !== update.title) comparison.found('TITLE_CHANGED')
  if (original.description !== update.description) comparison.found('DESCRIPTION_CHANGED')
  if (defaultText(original) !== defaultText(update)) comparison.found('DEFAULT_CHANGED')
}

function defaultText({ defaultValue }: Model): string {
  return defaultValue === undefined ? '' : jsonText(defaultValue, true)
}

function compareContent(comparison: Comparison, original: Model, update: Model): void {
  switch (update.kind) {
    case 'string':
      compareStrings(comparison, original as typeof update, update)
      return
    case 'number':
      compareNumbers(comparison, original as typeof update, update)
      return
    case 'enum':
      compareEnums(comparison, (original as typeof update).values, update.values)
      return
    case 'const':
      if (jsonText((original as typeof update).value, true) !== jsonText(update.value, true))
        comparison.found('ENUM_ARRAY_CHANGED', 'const')
      return
    case 'combined':
      compareCombined(comparison, original as typeof update, update)
      return
    case 'not':
      comparison.at('not', () => {
        const attempt = comparison.attempt()
        compareModels(attempt, update.mustNotMatch, (original as typeof update).mustNotMatch)
        comparison.found(attempt.compatible ? 'NOT_TYPE_NARROWED' : 'NOT_TYPE_EXTENDED')
      })
      return
    case 'object':
      compareObjects(comparison, original as typeof update, update)
      return
    case 'array':
      compareArrays(comparison, original as typeof update, update)
      return
  }
}

import type { ArrayModel, Model } from '../model.ts'
import { compareBound } from './bounds.ts'
import type { Comparison } from './comparison.ts'
import { compareRest } from './content-rest.ts'
import { compareCovered, compareRemoved } from './covered.ts'
import { compareModels } from './incompatibilities.ts'

/** Java: ArraySchemaDiff */
export function compareArrays(comparison: Comparison, original: ArrayModel, update: ArrayModel): void {
  comparison.at('items', () => compareModels(comparison, original.items, update.items))
  compareLists(comparison, original, update)
  comparison.at('additionalItems', () => compareAdditional(comparison, original, update))
  compareRest(comparison, 'unevaluatedItems', original.unevaluatedItems, update.unevaluatedItems)
  compareBound(comparison, 'maxItems', 'MAX_ITEMS', original.maxItems, update.maxItems)
  compareBound(comparison, 'minItems', 'MIN_ITEMS', original.minItems, update.minItems)
  if (original.uniqueItems !== update.uniqueItems)
    comparison.found(original.uniqueItems ? 'UNIQUE_ITEMS_REMOVED' : 'UNIQUE_ITEMS_ADDED', 'uniqueItems')
  compareBound(comparison, 'maxContains', 'MAX_CONTAINS', original.maxContains, update.maxContains)
  compareBound(comparison, 'minContains', 'MIN_CONTAINS', original.minContains, update.minContains)
}

/** Item by item, where each has a schema of its own. */
function compareLists(comparison: Comparison, original: ArrayModel, update: ArrayModel): void {
  const before = original.itemList ?? []
  const after = update.itemList ?? []
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    comparison.at(`items/${i}`, () => {
      if (i >= after.length) compareRemoved(comparison, before[i]!, 'ITEM', isOpen(update), coverOf(update))
      else if (i >= before.length) compareAdded(comparison, after[i]!, original)
      else compareModels(comparison, before[i]!, after[i]!)
    })
  }
}

function compareAdded(comparison: Comparison, added: Model, original: ArrayModel): void {
  if (isOpen(original)) {
    comparison.found(
      added.kind === 'empty'
        ? 'ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL'
        : 'ITEM_ADDED_TO_OPEN_CONTENT_MODEL',
    )
    return
  }
  const cover = coverOf(original)
  if (cover === null) {
    comparison.found('ITEM_ADDED_TO_CLOSED_CONTENT_MODEL')
    return
  }
  compareCovered(comparison, cover, added, 'ITEM_ADDED')
}

/** Anything may stand behind the items that are declared. */
function isOpen(model: ArrayModel): boolean {
  const { unevaluatedItems: rest } = model
  if (!model.additionalItems || model.schemaOfAdditionalItems !== null) return false
  return rest === null || rest.kind === 'empty'
}

/** What further items have to be; null where there must be none. */
function coverOf(model: ArrayModel): Model | null {
  if (model.schemaOfAdditionalItems !== null) return model.schemaOfAdditionalItems
  const { unevaluatedItems: rest } = model
  return !model.additionalItems || rest === null || rest.kind === 'false' || rest.kind === 'empty'
    ? null
    : rest
}

function compareAdditional(comparison: Comparison, original: ArrayModel, update: ArrayModel): void {
  const before = original.schemaOfAdditionalItems
  const after = update.schemaOfAdditionalItems
  if (original.additionalItems !== update.additionalItems)
    comparison.found(original.additionalItems ? 'ADDITIONAL_ITEMS_REMOVED' : 'ADDITIONAL_ITEMS_ADDED')
  else if (before === null && after !== null) comparison.found('ADDITIONAL_ITEMS_NARROWED')
  else if (before !== null && after === null) comparison.found('ADDITIONAL_ITEMS_EXTENDED')
  else compareModels(comparison, before, after)
}

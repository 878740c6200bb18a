import { described } from '../describe.ts'
import type { CombinedModel, Model } from '../model.ts'
import type { Comparison } from './comparison.ts'
import type { Difference } from './difference.ts'
import { compareModels } from './incompatibilities.ts'
import { maximumMatching } from './matching.ts'

/** Java: CombinedSchemaDiff */
export function compareCombined(
  comparison: Comparison,
  original: CombinedModel,
  update: CombinedModel,
): void {
  if (original.criterion !== update.criterion) {
    if (!isExtension(original, update)) {
      comparison.found('COMBINED_TYPE_CHANGED')
      return
    }
    comparison.found('COMBINED_TYPE_EXTENDED')
  }
  const before = distinct(original.subschemas)
  const after = distinct(update.subschemas)
  const all = update.criterion === 'allOf'
  if (before.length < after.length) comparison.found(all ? 'PRODUCT_TYPE_EXTENDED' : 'SUM_TYPE_EXTENDED')
  else if (before.length > after.length) comparison.found(all ? 'PRODUCT_TYPE_NARROWED' : 'SUM_TYPE_NARROWED')

  const compatible = before.map((from, i) => {
    const partners = new Map<number, readonly Difference[]>()
    comparison.at(`${original.criterion}/${i}`, () => {
      for (let k = 0; k < after.length; k++) {
        const attempt = comparison.attempt()
        compareModels(attempt, from, after[k]!)
        if (attempt.compatible) partners.set(k, attempt.differences)
      }
    })
    return partners
  })
  const matching = maximumMatching(compatible.map(partners => [...partners.keys()]))
  for (const [i, k] of matching) comparison.add(compatible[i]!.get(k)!)
  if (matching.size < Math.min(before.length, after.length))
    comparison.found('COMBINED_TYPE_SUBSCHEMAS_CHANGED')
}

/** Whether what the one criterion admits the other one does as well. */
function isExtension(original: CombinedModel, update: CombinedModel): boolean {
  switch (update.criterion) {
    case 'anyOf':
      return true
    case 'oneOf':
      return original.subschemas.length === 1
    case 'allOf':
      return original.subschemas.length === 1 && update.subschemas.length === 1
  }
}

function distinct(models: readonly Model[]): Model[] {
  const byText = new Map<string, Model>()
  for (const model of models) {
    const text = described(model)
    if (!byText.has(text)) byText.set(text, model)
  }
  return [...byText.values()]
}

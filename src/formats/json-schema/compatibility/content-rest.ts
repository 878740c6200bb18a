import type { Model } from '../model.ts'
import type { Comparison } from './comparison.ts'
import { compareModels } from './incompatibilities.ts'

const TYPES = {
  unevaluatedItems: 'UNEVALUATED_ITEMS',
  unevaluatedProperties: 'UNEVALUATED_PROPERTIES',
} as const

/** What items or properties may be that no other keyword has looked at. Java: ArraySchemaDiff.compareUnevaluatedItems */
export function compareRest(
  comparison: Comparison,
  keyword: keyof typeof TYPES,
  original: Model | null,
  update: Model | null,
): void {
  if (original === null && update === null) return
  const type = TYPES[keyword]
  const before = original?.kind
  const after = update?.kind
  if (before === 'false' && after !== 'false') comparison.found(`${type}_ADDED`, keyword)
  else if (before !== 'false' && after === 'false') comparison.found(`${type}_REMOVED`, keyword)
  else if (original === null || (before === 'empty' && after !== 'empty' && update !== null))
    comparison.found(`${type}_NARROWED`, keyword)
  else if (update === null || (before !== 'empty' && after === 'empty'))
    comparison.found(`${type}_EXTENDED`, keyword)
  else comparison.at(keyword, () => compareModels(comparison, original, update))
}

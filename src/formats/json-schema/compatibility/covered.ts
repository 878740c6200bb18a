import type { Model } from '../model.ts'
import type { Comparison } from './comparison.ts'
import { compareModels } from './incompatibilities.ts'

/** A property or an item that only one of the schemas declares, while the other has a schema for all that it does not. */
export function compareCovered(
  comparison: Comparison,
  original: Model,
  update: Model,
  type: `${'PROPERTY' | 'ITEM'}_${'ADDED' | 'REMOVED'}`,
): void {
  const attempt = comparison.attempt()
  compareModels(attempt, original, update)
  comparison.add(attempt.differences)
  const outcome = attempt.compatible ? 'IS' : 'NOT'
  comparison.found(`${type}_${outcome}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`)
}

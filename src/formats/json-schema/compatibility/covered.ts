import type { Model } from '../model.ts'
import type { Comparison } from './comparison.ts'
import { compareModels } from './incompatibilities.ts'

type Part = 'PROPERTY' | 'ITEM'

/** What the original declares and the update does not; there everything else is open, or has to be `cover`. */
export function compareRemoved(
  comparison: Comparison,
  removed: Model,
  part: Part,
  isOpen: boolean,
  cover: Model | null,
): void {
  if (isOpen) comparison.found(`${part}_REMOVED_FROM_OPEN_CONTENT_MODEL`)
  else if (cover !== null) compareCovered(comparison, removed, cover, `${part}_REMOVED`)
  else if (removed.kind === 'false') comparison.found(`${part}_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL`)
  else comparison.found(`${part}_REMOVED_FROM_CLOSED_CONTENT_MODEL`)
}

/** A property or an item that only one of the schemas declares, while the other has a schema for all that it does not. */
export function compareCovered(
  comparison: Comparison,
  original: Model,
  update: Model,
  type: `${Part}_${'ADDED' | 'REMOVED'}`,
): void {
  const attempt = comparison.attempt()
  compareModels(attempt, original, update)
  comparison.add(attempt.differences)
  const outcome = attempt.compatible ? 'IS' : 'NOT'
  comparison.found(`${type}_${outcome}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`)
}

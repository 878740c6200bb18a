import type { JsonNumber } from '../model.ts'
import type { Comparison } from './comparison.ts'
import type { DifferenceType } from './difference.ts'

/** A keyword with a number, by what its change is called: `MAX_LENGTH`, `MINIMUM` … */
export type Bound = {
  [T in DifferenceType]: T extends `${infer B}_INCREASED`
    ? `${B}_DECREASED` extends DifferenceType
      ? `${B}_ADDED` extends DifferenceType
        ? `${B}_REMOVED` extends DifferenceType
          ? B
          : never
        : never
      : never
    : never
}[DifferenceType]

export function compareBound(
  comparison: Comparison,
  keyword: string,
  bound: Bound,
  original: JsonNumber | null,
  update: JsonNumber | null,
): void {
  if (original === null && update === null) return
  if (original === null) {
    comparison.found(`${bound}_ADDED`, keyword)
    return
  }
  if (update === null) {
    comparison.found(`${bound}_REMOVED`, keyword)
    return
  }
  const before = Number(original)
  const after = Number(update)
  if (before < after) comparison.found(`${bound}_INCREASED`, keyword)
  else if (before > after) comparison.found(`${bound}_DECREASED`, keyword)
}

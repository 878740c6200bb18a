/**
 * Every group of vectors that we know, by the name that a vector's `group` gives. A part of the product adds its
 * own as a file `<part>-groups.ts` here and one line to `groups` below.
 */

import { configGroups } from './config-groups.ts'
import { converterGroups } from './converters.ts'
import { errorGroups } from './error-groups.ts'
import { connectorFileGroups } from './file-groups.ts'
import { modelGroups } from './model-groups.ts'
import { topicCreationGroups } from './topic-creation-groups.ts'
import { transformGroups } from './transform-groups.ts'
import { valuesGroups } from './values-groups.ts'
import type { Vector } from './vectors.ts'

export interface Group {
  /** What our code returns for the vector's input, in the vectors' form; what it throws counts as `error`. */
  run(vector: Vector): unknown
  /** The same input in its other JavaScript form (plain objects for maps …): the result has to be the same. */
  again?(vector: Vector): unknown
  /** The vector's result in the form that `run` gives, where that is not `out` itself. */
  expected?(vector: Vector): unknown
}

export const groups: Readonly<Record<string, Group>> = {
  ...converterGroups,
  ...valuesGroups,
  ...modelGroups,
  ...transformGroups,
  ...connectorFileGroups,
  ...errorGroups,
  ...topicCreationGroups,
  ...configGroups,
}

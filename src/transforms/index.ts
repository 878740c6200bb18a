/** The transformations and predicates that come with the executable. */
import type { PredicatePlugin, TransformationPlugin } from '../sdk/plugin.ts'

export const builtInTransformations: readonly TransformationPlugin[] = []

export const builtInPredicates: readonly PredicatePlugin[] = []

import type { JsonNode } from '../../../data/json/node.ts'
import type { ArrayModel } from '../model.ts'
import { valueKey } from './values.ts'
import { violationOf } from './violation.ts'

/** Java: ArraySchemaValidatingVisitor */
export function arrayViolation(model: ArrayModel, nodes: readonly JsonNode[], at: string): string | null {
  const { minItems, maxItems, items } = model
  if (minItems !== null && nodes.length < minItems)
    return `${at}: expected minimum item count: ${minItems}, found: ${nodes.length}`
  if (maxItems !== null && nodes.length > maxItems)
    return `${at}: expected maximum item count: ${maxItems}, found: ${nodes.length}`
  if (model.uniqueItems && hasTwins(nodes)) return `${at}: array items are not unique`
  if (items !== null) return firstViolation(nodes, (node, i) => violationOf(items, node, `${at}/${i}`))
  return listViolation(model, nodes, at) ?? containsViolation(model, nodes, at)
}

function listViolation(model: ArrayModel, nodes: readonly JsonNode[], at: string): string | null {
  const { itemList, additionalItems, schemaOfAdditionalItems } = model
  const listed = itemList?.length ?? 0
  if (!additionalItems && nodes.length > listed)
    return `${at}: expected: [${listed}] array items, found: [${nodes.length}]`
  return firstViolation(nodes, (node, i) => {
    const own = i < listed ? itemList![i]! : schemaOfAdditionalItems
    return own === null ? null : violationOf(own, node, `${at}/${i}`)
  })
}

function containsViolation(model: ArrayModel, nodes: readonly JsonNode[], at: string): string | null {
  const { contains, minContains, maxContains } = model
  if (contains === null) return null
  const found = nodes.filter(node => violationOf(contains, node) === null).length
  if (found < (minContains ?? 1)) return `${at}: expected at least one array item to match 'contains' schema`
  if (maxContains !== null && found > maxContains)
    return `${at}: expected at most ${maxContains} array items to match 'contains' schema, found: ${found}`
  return null
}

function firstViolation(
  nodes: readonly JsonNode[],
  violation: (node: JsonNode, index: number) => string | null,
): string | null {
  for (const [i, node] of nodes.entries()) {
    const found = violation(node, i)
    if (found !== null) return found
  }
  return null
}

function hasTwins(nodes: readonly JsonNode[]): boolean {
  return new Set(nodes.map(valueKey)).size < nodes.length
}

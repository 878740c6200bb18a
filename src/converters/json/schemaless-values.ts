/** JSON nodes as Connect values that tell their types themselves. */
import { BigDecimal } from '../../data/big-decimal.ts'
import { inHashOrder, stringHashCode } from '../../data/java-hash.ts'
import type { JsonNode } from '../../data/json/node.ts'
import { Float64, int64 } from '../../data/numbers.ts'

/** What `JSON.parse` made of an object is Connect's value already; only what was read exactly has to change. */
export function schemaless(node: JsonNode): unknown {
  switch (typeof node) {
    case 'bigint':
      return int64(BigInt.asIntN(64, node))
    case 'object':
      if (node instanceof BigDecimal) return double(node.toNumber())
      if (Array.isArray(node)) return hasExactParts(node) ? node.map(schemaless) : node
      if (node instanceof Map) return schemalessMap(node)
      return node
    default:
      return node
  }
}

/** As every reader gives it: wrapped only where a plain number would be taken for a Long. */
function double(value: number): number | Float64 {
  return Number.isInteger(value) || !Number.isFinite(value) ? new Float64(value) : value
}

function schemalessMap(members: ReadonlyMap<string, JsonNode>): Map<string, unknown> {
  const map = new Map<string, unknown>()
  for (const [name, node] of members) map.set(name, schemaless(node))
  return inHashOrder(map, stringHashCode)
}

/** Lists of the native reader hold nothing that changes, and the exact reader's lists are walked. */
function hasExactParts(nodes: readonly JsonNode[]): boolean {
  return nodes.some(node => typeof node === 'bigint' || (typeof node === 'object' && node !== null))
}

/** Texts of schemas as trees, and trees as the texts that a registry keeps. */
import { BigDecimal } from '../../data/big-decimal.ts'
import { parseJson } from '../../data/json/jackson-parser.ts'
import { type JsonNode, MISSING, member, memberNames } from '../../data/json/node.ts'
import { JsonParseException } from '../../data/json/parse-error.ts'
import { quoted } from '../../data/json/text.ts'
import { InvalidSchema } from '../schema-format.ts'

/** `what` names the text in errors. @throws InvalidSchema when it is no JSON */
export function parsedText(text: string, what: string): JsonNode {
  try {
    const node = parseJson(Buffer.from(text))
    if (node !== MISSING) return node
  } catch (cause) {
    if (!(cause instanceof JsonParseException)) throw cause
    throw new InvalidSchema(`Invalid JSON in ${what}: ${cause.message}`, { cause })
  }
  throw new InvalidSchema(`Invalid JSON in ${what}: it is empty`)
}

/** Compact, members in the order given or by name. Java: ObjectMapper.writeValueAsString */
export function jsonText(node: JsonNode, sorted = false): string {
  switch (typeof node) {
    case 'string':
      return quoted(node)
    case 'object': {
      if (node === null) return 'null'
      if (node instanceof BigDecimal) return node.toString()
      if (Array.isArray(node)) return `[${node.map(element => jsonText(element, sorted)).join(',')}]`
      const names = memberNames(node)
      if (sorted) names.sort(byCodeUnit)
      const members = names.map(name => `${quoted(name)}:${jsonText(member(node, name)!, sorted)}`)
      return `{${members.join(',')}}`
    }
    default:
      return String(node)
  }
}

/** Java: String.compareTo */
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

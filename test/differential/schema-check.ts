type Json = Record<string, unknown>

export interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, { content?: unknown; $ref?: string }> }>>
  components: Json
}

/** The operation of the document that a request belongs to, null for none. */
export function operationOf(document: OpenApi, method: string, path: string) {
  const bare = path
    .replace(/[?#].*$/, '')
    .replace(/;[^/]*/g, '')
    .replace(/(.)\/$/, '$1')
  // A template without a parameter goes before one with it.
  const templates = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length)
  const found = templates.find(template =>
    new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+').replace(/\./g, '\\.')}$`).test(bare),
  )
  return found === undefined ? null : (document.paths[found]![method.toLowerCase()] ?? null)
}

/** What is wrong with an answer by what the document says of its operation; empty when all is well. */
export function problemsOf(
  document: OpenApi,
  answer: { method: string; path: string; status: number; text: string },
): string[] {
  const operation = operationOf(document, answer.method, answer.path)
  if (operation === null) return []
  const declared = operation.responses[String(answer.status)]
  if (declared === undefined && answer.status < 400) return [`${answer.status} is not declared`]
  const response = resolve(document, declared ?? operation.responses['default']!) as { content?: Json }
  const schema = (response.content?.['application/json'] as { schema: Json } | undefined)?.schema
  if (schema === undefined) return answer.text === '' ? [] : ['a body where none is declared']
  return check(document, schema, JSON.parse(answer.text), 'body')
}

function resolve(document: OpenApi, value: Json): Json {
  if (typeof value['$ref'] !== 'string') return value
  const found = value['$ref']
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => (at as Json)?.[part], document)
  if (typeof found !== 'object' || found === null) throw new Error(`${value['$ref']} leads nowhere`)
  return resolve(document, found as Json)
}

const TYPES: Record<string, (value: unknown) => boolean> = {
  string: value => typeof value === 'string',
  integer: value => Number.isInteger(value),
  number: value => typeof value === 'number',
  boolean: value => typeof value === 'boolean',
  null: value => value === null,
  array: value => Array.isArray(value),
  object: value => typeof value === 'object' && value !== null && !Array.isArray(value),
}

/** The part of JSON Schema that the document uses; a keyword beyond it is an error. */
function check(document: OpenApi, raw: Json, value: unknown, at: string): string[] {
  const schema = resolve(document, raw)
  const known = [
    'type',
    'enum',
    'anyOf',
    'properties',
    'required',
    'additionalProperties',
    'items',
    'description',
    'default',
  ]
  for (const keyword of Object.keys(schema))
    if (!known.includes(keyword)) throw new Error(`schemas with ${keyword} are not checked`)
  if (schema['anyOf'] !== undefined) {
    const tries = (schema['anyOf'] as Json[]).map(one => check(document, one, value, at))
    return tries.some(found => found.length === 0) ? [] : tries.flat()
  }
  const types = [schema['type'] ?? []].flat() as string[]
  if (types.length > 0 && !types.some(type => TYPES[type]!(value)))
    return [`${at} is no ${types.join(' or ')}: ${JSON.stringify(value)?.slice(0, 100)}`]
  if (schema['enum'] !== undefined && !(schema['enum'] as unknown[]).includes(value))
    return [`${at} is none of ${schema['enum']}: ${JSON.stringify(value)}`]
  if (Array.isArray(value) && schema['items'] !== undefined)
    return value.flatMap((item, i) => check(document, schema['items'] as Json, item, `${at}[${i}]`))
  if (!TYPES['object']!(value)) return []
  const properties = (schema['properties'] ?? {}) as Record<string, Json>
  const entries = Object.entries(value as Json)
  const missing = ((schema['required'] ?? []) as string[]).filter(name => !Object.hasOwn(value as Json, name))
  return [
    ...missing.map(name => `${at}.${name} is missing`),
    ...entries.flatMap(([name, item]) => {
      if (Object.hasOwn(properties, name)) return check(document, properties[name]!, item, `${at}.${name}`)
      if (schema['additionalProperties'] === false) return [`${at}.${name} is not declared`]
      const others = schema['additionalProperties']
      return typeof others === 'object' ? check(document, others as Json, item, `${at}.${name}`) : []
    }),
  ]
}

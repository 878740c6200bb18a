import { parseProperties } from '../config/properties.ts'

const PREFIX = 'CONNECT_'

/** The variable that holds a key of the worker: `CONNECT_GROUP_ID` for `group.id`. */
export function variableOf(key: string): string {
  const name = key.replaceAll('_', '___').replaceAll('-', '__').replaceAll('.', '_')
  return PREFIX + name.toUpperCase()
}

/**
 * The worker's keys in CONNECT_… variables, as the usual container images take them: lower case, `_` is a dot, `__`
 * a dash, `___` an underscore. CONNECT_LOG4J… is the log's. The images write the values into a property file, so a
 * backslash in one escapes here too; and their rest.port is what Kafka 4 calls a listener.
 */
export function connectVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || name.startsWith('CONNECT_LOG4J') || value === undefined) continue
    const key = keyOf(name.slice(PREFIX.length))
    if (key !== '') values[key] = unescaped(value, name)
  }
  const { 'rest.port': port, 'rest.host.name': host = '', ...rest } = values
  if (port === undefined && host === '') return values
  return { listeners: `http://${host}:${port ?? '8083'}`, ...rest }
}

function keyOf(name: string): string {
  return name.toLowerCase().replace(/_+/g, ({ length }) => {
    const [sign, left] = length >= 3 ? ['_', length - 3] : length === 2 ? ['-', 0] : ['.', 0]
    return sign + '.'.repeat(left)
  })
}

function unescaped(value: string, name: string): string {
  if (!value.includes('\\')) return value
  return value
    .split('\n')
    .map(line => parseProperties(`value=${line}`, name).values['value'] ?? '')
    .join('\n')
}

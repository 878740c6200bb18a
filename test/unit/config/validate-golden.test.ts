import { describe, expect, test } from 'bun:test'
import * as file from '../../../connectors/file/index.ts'
import { type CheckedKey, validateConnector } from '../../../src/config/connector-config.ts'
import { builtInConverters } from '../../../src/converters/index.ts'
import { pluginRegistry } from '../../../src/worker/plugins.ts'
import golden from '../../conform/vectors/validate-golden.json'

interface GoldenKey {
  definition: Record<string, unknown> | null
  value: { name: string; value: string | null; errors: string[] }
}
interface GoldenEntry {
  title: string
  request: { body: Record<string, string | null> }
  body: { error_count: number; configs: GoldenKey[] }
}
/** Answers of the JVM to configurations that use only what this version does. */
const TITLES = [
  'validate: FileStreamSource, valid, alias class',
  'validate: FileStreamSource, no name, no topic, bad ints and enums, null value for a known and an unknown key, unknown key',
  'validate: FileStreamSink, valid, topics',
]
const entries = (golden.entries as unknown as GoldenEntry[]).filter(entry => TITLES.includes(entry.title))
const converter = 'org.apache.kafka.connect.json.JsonConverter'
const check = {
  plugins: pluginRegistry([...Object.values(file), ...builtInConverters]),
  worker: { 'key.converter': converter, 'value.converter': converter },
}

const text = (value: CheckedKey['value']) =>
  value === null ? null : Array.isArray(value) ? value.join(',') : String(value)

function shown({ name, spec, value, errors }: CheckedKey) {
  const definition = spec && {
    name,
    type: spec.type,
    required: spec.required,
    default_value: spec.default === null ? null : text(spec.default as CheckedKey['value']),
    importance: spec.importance,
    documentation: spec.doc,
    group: spec.group,
    order_in_group: spec.orderInGroup,
    width: spec.width,
    display_name: spec.displayName ?? name,
    dependents: [],
  }
  return { definition, name, value: text(value), errors }
}

describe('keys, values, definitions and errors in the JVM’s order', () => {
  expect(entries).toHaveLength(TITLES.length)
  for (const { title, request, body } of entries) {
    test(title, () => {
      const { keys, errorCount } = validateConnector(request.body, check)
      expect(errorCount).toBe(body.error_count)
      expect<unknown>(keys.map(shown)).toEqual(
        body.configs.map(({ definition, value: { name, value, errors } }) => ({
          definition,
          name,
          value,
          errors,
        })),
      )
    })
  }
})

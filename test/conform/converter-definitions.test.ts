/** The keys of every converter as the JVM declares them. */
import { describe, expect, test } from 'bun:test'
import { builtInConverters } from '../../src/converters/index.ts'
import file from './vectors/data-vectors.json'

interface KeyVector {
  name: string
  type: string
  required: boolean
  default?: string | null
  importance: string
  group: string | null
  orderInGroup: number
  width: string
  displayName: string
}

const definitions = file.configDefs as unknown as Record<string, KeyVector[]>

describe('configDefs', () => {
  for (const { className, config } of builtInConverters) {
    const declared = definitions[className]
    if (declared === undefined) continue
    test(className, () => {
      const ours = Object.entries(config).map(([name, key]) => ({
        name,
        type: key.type,
        required: key.required,
        ...(key.required ? {} : { default: key.default === null ? null : String(key.default) }),
        importance: key.importance,
        group: key.group,
        orderInGroup: key.orderInGroup,
        width: key.width,
        displayName: key.displayName ?? name,
      }))
      const theirs = declared.map(({ ...key }) => {
        delete (key as { validator?: unknown }).validator
        return key
      })
      expect<unknown>(ours).toEqual(theirs)
    })
  }
})

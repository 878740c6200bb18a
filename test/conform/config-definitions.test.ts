/** The keys of every plugin and of connectors themselves as the JVM declares them. */
import { describe, expect, test } from 'bun:test'
import { declaredKeys, type KeyVector } from './data/config-definitions.ts'
import file from './vectors/data-vectors.json'

const definitions = file.configDefs as unknown as Record<string, KeyVector[]>

describe('configDefs', () => {
  for (const [className, keys] of Object.entries(definitions)) {
    test(className, () => expect(declaredKeys(className)).toEqual(keys))
  }

  test('the forms for keys and for values declare the same', () => {
    for (const className of Object.keys(definitions).filter(name => name.endsWith('$Value')))
      expect(declaredKeys(className.replace(/Value$/, 'Key'))).toEqual(definitions[className]!)
  })
})

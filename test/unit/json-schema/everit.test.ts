import { describe, expect, test } from 'bun:test'
import { described } from '../../../src/formats/json-schema/describe.ts'
import { hashOf } from '../../../src/formats/json-schema/java-order.ts'
import { jsonSchemaFormat } from '../../../src/formats/json-schema/json-schema.ts'
import { InvalidSchema } from '../../../src/formats/schema-format.ts'
import everit from '../../fixtures/json-schema/everit.json'

interface Case {
  schema: string
  error?: string
  hash?: number
  text?: string
}

const format = jsonSchemaFormat()

describe('as everit reads and writes', () => {
  const cases = everit.cases as Case[]

  test('texts, with the order of properties and subschemas', () => {
    for (const { schema, text } of cases) {
      if (text !== undefined) expect(described(format.parse(schema, []).model)).toBe(text)
    }
  })

  test('hash codes, where they hang on no address', () => {
    let known = 0
    for (const { schema, hash } of cases) {
      if (hash === undefined) continue
      const own = hashOf(format.parse(schema, []).model)
      if (own === null) continue
      known++
      expect([schema, own]).toEqual([schema, hash])
    }
    expect(known).toBeGreaterThan(20)
  })

  test('what it refuses, at the same place', () => {
    for (const { schema, error } of cases) {
      if (error === undefined) continue
      const parse = () => format.parse(schema, [])
      expect(parse).toThrow(InvalidSchema)
      expect(parse).toThrow(error)
    }
  })
})

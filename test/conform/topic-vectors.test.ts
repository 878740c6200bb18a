/**
 * What Kafka Connect 4.3.1 wrote into its internal topics and what it made of what it read, section by section.
 * `bun test/conform/run.ts FILE…` does the same for any file of this form.
 */
import { describe, expect, test } from 'bun:test'
import { casesOf, checkCase, sections, sectionsOf } from './topics/sections.ts'
import vectors from './vectors/test-vectors.json'

for (const [name, content] of sectionsOf(vectors)) {
  const cases = casesOf(name, content)
  if (cases === null) continue
  describe(name, () => {
    for (const one of cases) {
      test(one.about ? `${one.id}: ${one.about}` : one.id, async () => {
        const { verdict, deviation, expected, got } = await checkCase(one)
        if (deviation === undefined) expect(got).toEqual(expected)
        expect(verdict).toBe(deviation === undefined ? 'equal' : 'different')
      })
    }
  })
}

test('every section that there is code for stands in the file', () => {
  const names = sectionsOf(vectors).map(([name]) => name)
  expect(names).toEqual(expect.arrayContaining(Object.keys(sections)))
})

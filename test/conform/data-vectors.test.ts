/**
 * What Kafka Connect 4.3.1 did, vector by vector: equal results, or an error of the same class with the same
 * message and cause. Groups that are not in the table belong to parts that do not exist yet.
 */
import { describe, expect, test } from 'bun:test'
import { fromConnectData, hasConverter, toConnectData } from './data/converters.ts'
import { evaluated } from './data/model-groups.ts'
import { outcomeOf } from './data/outcome.ts'
import { withSortedMaps } from './data/values.ts'
import { converted, headerText, parsed, parseHeader, validated } from './data/values-groups.ts'
import { bytesOf, type Vector, vectorsOf } from './data/vectors.ts'

interface Group {
  run(vector: Vector): unknown
  /** The vector's result in the form that `run` gives. */
  expected?(vector: Vector): unknown
  covers?(vector: Vector): boolean
}

const hex = (vector: Vector): unknown => bytesOf(vector.out)?.toString('hex') ?? null
const ofKnownClass = (vector: Vector): boolean => hasConverter(vector.in.class)

const groups: Readonly<Record<string, Group>> = {
  'json.from': { run: fromConnectData, expected: hex },
  'json.to': { run: toConnectData },
  'converter.from': { run: fromConnectData, expected: hex, covers: ofKnownClass },
  'converter.to': { run: toConnectData, covers: ofKnownClass },
  'values.parse': { run: parseHeader, expected: parsed },
  'values.tostring': { run: headerText, expected: hex },
  'values.convert': { run: converted },
  validate: { run: validated },
  model: { run: evaluated },
}

for (const [name, group] of Object.entries(groups)) {
  describe(name, () => {
    for (const vector of vectorsOf(name)) {
      if (group.covers?.(vector) === false) continue
      test(vector.id, () => {
        const outcome = outcomeOf(() => group.run(vector))
        const expected = vector.error
          ? { error: vector.error }
          : { out: withSortedMaps(group.expected ? group.expected(vector) : vector.out) }
        expect(outcome).toEqual(expected)
      })
    }
  })
}

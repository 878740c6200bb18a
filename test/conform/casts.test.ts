/** Every kind of value cast to every type, against what the JVM's Cast gives: vectors/casts.json. */
import { expect, test } from 'bun:test'
import { type CastType, cast } from '../../src/transforms/cast-values.ts'
import { outcomeOf } from './data/outcome.ts'
import { fromValue, toSchema, toValue } from './data/values.ts'
import type { ErrorVector, SchemaVector, TaggedValue } from './data/vectors.ts'
import file from './vectors/casts.json'

type Result = TaggedValue | { error: ErrorVector }
type Row = [SchemaVector | null, TaggedValue, Record<string, Result>]

for (const [schemaVector, tagged, results] of file.casts as unknown as Row[]) {
  test(`${JSON.stringify(tagged)} ${schemaVector?.name ?? schemaVector?.type ?? 'without schema'}`, async () => {
    const schema = toSchema(schemaVector)
    const value = toValue(tagged, schema)
    for (const [type, expected] of Object.entries(results)) {
      const target = type.toUpperCase() as CastType
      const targetSchema = schema && toSchema({ type: target })
      const got = await outcomeOf(() => fromValue(cast(schema, value, target), targetSchema))
      const wanted = expected !== null && 'error' in expected ? expected : { out: expected }
      expect({ type, ...got } as unknown).toEqual({ type, ...wanted })
    }
  })
}

/** Group model. */
import { INT32_SCHEMA } from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { evaluate } from './expressions.ts'
import type { Group } from './groups.ts'

/** What is described rather than written. */
const described: Readonly<Record<string, () => unknown>> = {
  'SchemaBuilder.struct().field(a,INT32).optional().defaultValue(Struct of equal schema built separately)':
    () => {
      const builder = SchemaBuilder.struct().field('a', INT32_SCHEMA).optional()
      const equal = SchemaBuilder.struct().field('a', INT32_SCHEMA).optional().build()
      return builder.defaultValue(new Struct(equal).put('a', 1))
    },
  'Schema.toString named': () => SchemaBuilder.struct().name('foo').build().toString(),
  'Schema.toString unnamed': () => INT32_SCHEMA.toString(),
}

export const modelGroups: Readonly<Record<string, Group>> = {
  model: { run: ({ in: { expr } }) => (described[expr] ?? (() => evaluate(expr)))() },
}

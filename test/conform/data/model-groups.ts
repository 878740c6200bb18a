/** Group model: every expression of the vectors, said with our classes. */
import { BigDecimal } from '../../../src/data/big-decimal.ts'
import { ConnectHeaders } from '../../../src/data/headers.ts'
import { TIME_SCHEMA, timeFromInt } from '../../../src/data/logical.ts'
import { Int32 } from '../../../src/data/numbers.ts'
import {
  INT32_SCHEMA,
  INT64_SCHEMA,
  OPTIONAL_STRING_SCHEMA,
  type Schema,
  STRING_SCHEMA,
} from '../../../src/data/schema.ts'
import { SchemaBuilder } from '../../../src/data/schema-builder.ts'
import { Struct } from '../../../src/data/struct.ts'
import { inferSchema } from '../../../src/data/values/infer.ts'
import type { Group } from './groups.ts'
import { fromSchema, fromValue } from './values.ts'
import type { Vector } from './vectors.ts'

const a = SchemaBuilder.struct().field('x', INT32_SCHEMA).field('gone', STRING_SCHEMA).build()
const b = SchemaBuilder.struct()
  .field('x', INT64_SCHEMA)
  .field('n', SchemaBuilder.string().defaultValue('dd').build())
  .field('o', OPTIONAL_STRING_SCHEMA)
  .field('od', SchemaBuilder.string().optional().defaultValue('od').build())
  .build()
const none = null as unknown as Schema

const h1h2h1 = (): ConnectHeaders =>
  new ConnectHeaders().addString('h1', 'v1').addInt('h2', 2).addString('h1', 'again')
const list = (headers: ConnectHeaders): unknown =>
  [...headers].map(({ key, schema, value }) => ({
    key,
    schema: fromSchema(schema),
    value: fromValue(value, schema),
  }))

const expressions: Readonly<Record<string, () => unknown>> = {
  'SchemaBuilder.struct().field(a,INT32).optional().defaultValue(Struct of equal schema built separately)':
    () => {
      const builder = SchemaBuilder.struct().field('a', INT32_SCHEMA).optional()
      const equal = SchemaBuilder.struct().field('a', INT32_SCHEMA).optional().build()
      return builder.defaultValue(new Struct(equal).put('a', 1))
    },
  'SchemaBuilder.int32().optional().required()': () => SchemaBuilder.int32().optional().required(),
  'SchemaBuilder.int32().optional().optional()': () =>
    fromSchema(SchemaBuilder.int32().optional().optional().build()),
  'SchemaBuilder.int32().version(1).version(2)': () => SchemaBuilder.int32().version(1).version(2),
  "SchemaBuilder.int32().defaultValue('x')": () => SchemaBuilder.int32().defaultValue('x'),
  "SchemaBuilder.struct().field('', INT32)": () => SchemaBuilder.struct().field('', INT32_SCHEMA),
  "SchemaBuilder.struct().field('a', null)": () => SchemaBuilder.struct().field('a', none),
  "SchemaBuilder.struct().field('a', INT32).field('a', INT32)": () =>
    SchemaBuilder.struct().field('a', INT32_SCHEMA).field('a', INT32_SCHEMA),
  'SchemaBuilder.array(null)': () => SchemaBuilder.array(none),
  'new Struct(INT32)': () => new Struct(INT32_SCHEMA),
  "Struct(a).getString('x')": () => new Struct(a).getString('x'),
  "Struct(a).put('x','str')": () => new Struct(a).put('x', 'str'),
  'Struct(a).toString() with x=1': () => new Struct(a).put('x', 1).toString(),
  "Struct(b).get('od') unset": () => fromValue(new Struct(b).get('od'), null),
  "Struct(b).getString('od') unset": () => new Struct(b).getString('od'),
  'Schema.toString named': () => SchemaBuilder.struct().name('foo').build().toString(),
  'Schema.toString unnamed': () => INT32_SCHEMA.toString(),
  "ConnectHeaders.add('k',5,STRING)": () => new ConnectHeaders().add('k', 5, STRING_SCHEMA),
  "ConnectHeaders.add('k',null,STRING)": () => new ConnectHeaders().add('k', null, STRING_SCHEMA),
  "ConnectHeaders.addString('k',null)": () => list(new ConnectHeaders().addString('k', null)),
  "ConnectHeaders.addDecimal('k',1.50)": () =>
    list(new ConnectHeaders().addDecimal('k', BigDecimal.parse('1.50'))),
  "ConnectHeaders.addDate('k',null)": () => list(new ConnectHeaders().addDate('k', null)),
  'ConnectHeaders[h1,h2,h1].retainLatest()': () => list(h1h2h1().retainLatest()),
  "ConnectHeaders[h1,h2,h1].retainLatest('h1')": () => list(h1h2h1().retainLatest('h1')),
  "ConnectHeaders[h1,h2,h1].remove('h1')": () => list(h1h2h1().remove('h1')),
  'Time.toLogical 86400000': () => fromValue(timeFromInt(TIME_SCHEMA, 86_400_000), null),
  'Time.toLogical -1': () => timeFromInt(TIME_SCHEMA, -1),
  'Values.inferSchema([1,null])': () => fromSchema(inferSchema([new Int32(1), null])),
  'Values.inferSchema([null])': () => inferSchema([null]),
  'Values.inferSchema([])': () => inferSchema([]),
}

function evaluated({ in: input }: Vector): unknown {
  const expression = expressions[input.expr]
  if (expression === undefined) throw new Error(`an expression that the runner does not know: ${input.expr}`)
  return expression()
}

export const modelGroups: Readonly<Record<string, Group>> = { model: { run: evaluated } }

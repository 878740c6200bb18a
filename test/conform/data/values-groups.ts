/** Groups values.parse, values.tostring, values.convert and validate. */
import { simpleHeaderConverterPlugin } from '../../../src/converters/simple-header.ts'
import {
  BOOLEAN_SCHEMA,
  FLOAT64_SCHEMA,
  INT8_SCHEMA,
  INT32_SCHEMA,
  type Schema,
  SchemaAndValue,
} from '../../../src/data/schema.ts'
import { validateValue } from '../../../src/data/validate.ts'
import * as convert from '../../../src/data/values/convert.ts'
import type { Group } from './groups.ts'
import { CollectingSink } from './sink.ts'
import { fromSchema, fromValue, toSchema, toValue } from './values.ts'
import { bytesOf, type TaggedValue, type Vector } from './vectors.ts'

const headers = simpleHeaderConverterPlugin.headerConverter!({})

/** The method gives a null reference for the literal null; a header has null schema and value then. */
function parsed({ out }: Vector): unknown {
  return out === '<java null>' ? { schema: null, value: null } : out
}

function parseHeader({ in: input }: Vector): unknown {
  const bytes = input.bytes
    ? bytesOf({ hex: input.bytes })
    : input.string === null
      ? null
      : Buffer.from(input.string)
  const into = new SchemaAndValue()
  headers.deserialize('t', 'h', bytes, into)
  return { schema: fromSchema(into.schema), value: fromValue(into.value, into.schema) }
}

function headerText({ in: input }: Vector): unknown {
  const schema = toSchema(input.schema)
  const sink = new CollectingSink()
  headers.serialize('t', 'h', schema, toValue(input.value, schema), sink)
  return sink.bytes()?.toString('hex') ?? null
}

const to = (schema: Schema) => (value: unknown) => convert.convertTo(schema, null, value)
const conversions: Readonly<Record<string, (value: unknown) => unknown>> = {
  convertToBoolean: to(BOOLEAN_SCHEMA),
  convertToByte: to(INT8_SCHEMA),
  convertToInteger: to(INT32_SCHEMA),
  convertToDouble: to(FLOAT64_SCHEMA),
  convertToList: convert.convertToList,
  convertToStruct: convert.convertToStruct,
  convertToTime: value => convert.convertToTime(null, value),
  convertToDate: value => convert.convertToDate(null, value),
}

function converted({ in: input }: Vector): TaggedValue {
  const value = conversions[input.fn]!(toValue(input.value, null))
  // What text was parsed into has classes by its schema: an array of small numbers is one of INT8.
  return Array.isArray(value)
    ? { array: value.map(each => fromValue(each, INT8_SCHEMA)) }
    : fromValue(value, null)
}

function validated({ in: input }: Vector): unknown {
  const schema = toSchema(input.schema)!
  validateValue(input.field, schema, toValue(input.value, schema))
  return 'ok'
}

export const valuesGroups: Readonly<Record<string, Group>> = {
  'values.parse': { run: parseHeader, expected: parsed },
  'values.tostring': { run: headerText, expected: ({ out }) => bytesOf(out)?.toString('hex') ?? null },
  'values.convert': { run: converted },
  validate: { run: validated },
}

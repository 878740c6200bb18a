/**
 * Random JSON texts, valid and damaged, read and written again as JsonConverter 4.3.1 did. Damage that breaks
 * the UTF-8 of a member name is not among them: there Jackson reports the contents of its symbol table.
 */
import { describe, expect, test } from 'bun:test'
import { jsonConverterPlugin } from '../../src/converters/json/json-converter.ts'
import { javaClassOf } from '../../src/data/errors.ts'
import { javaText } from '../../src/data/java-text.ts'
import { SchemaAndValue } from '../../src/data/schema.ts'
import type { Converter } from '../../src/sdk/plugin.ts'
import { CollectingSink } from './data/sink.ts'
import file from './vectors/json-round-trips.json'

interface RoundTrip {
  id: string
  op: string
  in: string
  out?: string[]
  error?: string
}

const withSchemas = jsonConverterPlugin.converter!({}, false)
const schemaless = jsonConverterPlugin.converter!({ 'schemas.enable': 'false' }, false)
const numeric = jsonConverterPlugin.converter!(
  { 'decimal.format': 'NUMERIC', 'replace.null.with.default': 'false' },
  false,
)
const readers: Readonly<Record<string, Converter>> = { t: withSchemas, f: schemaless, n: numeric }

function chain(error: unknown): string {
  let text = 'ERR'
  for (let e: unknown = error; e instanceof Error; e = e.cause) text += ` | ${javaClassOf(e)}: ${e.message}`
  return text
}

function written(converter: Converter, { schema, value }: SchemaAndValue): string {
  const sink = new CollectingSink()
  try {
    converter.serialize('t', schema, value, sink)
  } catch (error) {
    return chain(error)
  }
  return sink.bytes()?.toString() ?? 'null'
}

function roundTrip(op: string, data: Buffer): { out?: string[]; error?: string } {
  const into = new SchemaAndValue()
  try {
    readers[op]!.deserialize('t', data, 0, data.length, into)
  } catch (error) {
    return { error: chain(error) }
  }
  const text = javaText(into.value, into.schema)
  return {
    out: [
      written(withSchemas, into),
      written(op === 'n' ? numeric : schemaless, into),
      text.includes('[B@') ? 'bytes' : text.replace(/\p{Surrogate}/gu, '?'),
    ],
  }
}

describe('json.roundtrip', () => {
  for (const { id, op, in: base64, out, error } of file.vectors as RoundTrip[]) {
    test(id, () => {
      const result = roundTrip(op, Buffer.from(base64, 'base64'))
      if (error === undefined) expect(result).toEqual({ out })
      else expect(result.error).toBe(error)
    })
  }
})

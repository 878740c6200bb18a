/** What Avro for Java made of schemas and values, beside what we make of them. */
import { describe, expect, test } from 'bun:test'
import { parseConfig } from '../../../src/config/validate.ts'
import { AvroInput } from '../../../src/converters/avro/avro-input.ts'
import { AvroOutput } from '../../../src/converters/avro/avro-output.ts'
import { avroKeys, avroOptions } from '../../../src/converters/avro/config.ts'
import { valueReader } from '../../../src/converters/avro/read-values.ts'
import { connectSchemaOf } from '../../../src/converters/avro/schema-to-connect.ts'
import { valueWriter } from '../../../src/converters/avro/write-values.ts'
import { valueEquals } from '../../../src/data/equality.ts'
import type { Schema } from '../../../src/data/schema.ts'
import { withAliases } from '../../../src/formats/avro/aliases.ts'
import { type AvroSchema, avroFormat } from '../../../src/formats/avro/avro-schema.ts'
import { findIncompatibilities } from '../../../src/formats/avro/compatibility.ts'
import { InvalidSchema } from '../../../src/formats/schema-format.ts'
import file from '../../fixtures/avro/vectors.json'
import { CollectingSink } from '../data/sink.ts'
import { randomStructs } from './random-structs.ts'

interface Vector {
  id: string
  kind: string
  text?: string
  reader?: string
  writer?: string
  java?: string
  error?: string
  hex?: string
  resolved?: string
  again?: string
  left?: number
  incompatibilities?: unknown[]
}

const vectors = file as Vector[]
const ofKind = (kind: string): [string, Vector][] =>
  vectors.filter(vector => vector.kind === kind).map(vector => [vector.id, vector])
const options = avroOptions(parseConfig(avroKeys, { 'enhanced.avro.schema.support': 'true' }))

function parse(text: string): AvroSchema {
  return avroFormat.parse(text, [], true)
}

/** Texts that are no JSON are Jackson's to describe, and an undefined name at the root breaks Java's parser itself. */
const OWN_WORDS = /JsonEOFException|NullPointerException|NumberFormatException/

describe('schemas', () => {
  test.each(ofKind('text'))('%s', (_id, { text, java, error }) => {
    if (java !== undefined) {
      expect(parse(text!).text).toBe(java)
      expect(parse(java).text).toBe(java)
      return
    }
    let thrown: unknown
    try {
      parse(text!)
    } catch (cause) {
      thrown = cause
    }
    expect(thrown).toBeInstanceOf(InvalidSchema)
    if (OWN_WORDS.test(error!)) return
    const message = error!.slice(error!.indexOf(': ') + 2)
    expect((thrown as Error).message.replace(/ \(at \/[^)]*\)$/, '')).toBe(message)
  })
})

describe('compatibility', () => {
  test.each(ofKind('pair'))('%s', (_id, { reader, writer, incompatibilities, error }) => {
    const find = (): unknown => findIncompatibilities(parse(reader!).root, parse(writer!).root)
    if (error === undefined) expect(find()).toEqual(incompatibilities)
    else expect(find).toThrow(error.slice(error.indexOf(': ') + 2))
  })
})

/** Random bytes are seldom a date or a decimal: what they mean is left out here. */
function withoutLogical(text: string): AvroSchema {
  return parse(text.replaceAll(/"logicalType":"[^"]*"/g, '"was":"logical"'))
}

const connectSchemas = new WeakMap<AvroSchema, Schema>()

/** Always the same one: schemas that contain themselves are equal to nothing else. */
function connectSchema(avro: AvroSchema): Schema {
  const schema = connectSchemas.get(avro) ?? connectSchemaOf(avro.root, null, options)
  connectSchemas.set(avro, schema)
  return schema
}

function read(writer: AvroSchema, reader: AvroSchema, hex: string): unknown {
  const schema = connectSchema(reader)
  const data = Buffer.from(`aa${hex}bb`, 'hex')
  const input = new AvroInput()
  input.open(data, 1, data.length - 1)
  const value = valueReader(withAliases(writer.root, reader.root), reader.root, schema, options)(input)
  expect(input.rest()).toHaveLength(0)
  return value
}

function written(avro: AvroSchema, value: unknown): string {
  const output = new AvroOutput()
  output.start()
  valueWriter(connectSchema(avro), avro.root, options)(value, output)
  const sink = new CollectingSink()
  output.putInto(sink)
  return sink.bytes()!.toString('hex')
}

/** The same bytes, but that entries of maps may stand in another order. */
function expectSame(avro: AvroSchema, value: unknown, hex: string): void {
  const again = written(avro, value)
  if (again === hex) return
  expect(avro.text).toContain('"type":"map"')
  expect(again).toHaveLength(hex.length)
  expect(valueEquals(read(avro, avro, again), value)).toBe(true)
}

describe('values', () => {
  test.each([...ofKind('datum'), ...ofKind('random')])('%s', (_id, { text, hex, error }) => {
    if (error !== undefined) return expect(() => parse(text!)).toThrow(InvalidSchema)
    const avro = withoutLogical(text!)
    expectSame(avro, read(avro, avro, hex!), hex!)
  })
})

describe('what the converter writes', () => {
  const structs = randomStructs()

  test.each(ofKind('connect').map(([id, vector], i) => [id, vector, i] as const))('%s', (_id, vector, i) => {
    const { text, hex } = structs[i]!
    expect({ text, hex }).toEqual({ text: vector.text!, hex: vector.hex! })
    expect(vector.java!).toBe(text)
    expect(vector.left).toBe(0)
    // Java holds maps in an order of its own, and Avro 1.12.0 reads doubles of an array as floats.
    if (/"type":"map"|"items":"double"/.test(text)) expect(vector.again).toHaveLength(hex.length)
    else expect(vector.again!).toBe(hex)
  })
})

describe('values read into another schema', () => {
  test.each(ofKind('resolve'))('%s', (_id, { writer, reader, hex, resolved, error }) => {
    const target = parse(reader!)
    if (error === undefined) expect(written(target, read(parse(writer!), target, hex!))).toBe(resolved!)
    else expect(() => read(parse(writer!), target, hex!)).toThrow(error.slice(error.indexOf(': ') + 2))
  })
})

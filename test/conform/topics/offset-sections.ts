/** Sections about source offsets and the text that they are made of. */
import { builtInConverters } from '../../../src/converters/index.ts'
import { javaClassOf } from '../../../src/data/errors.ts'
import { hashMapOrder, stringHashCode } from '../../../src/data/java-hash.ts'
import { javaText } from '../../../src/data/java-text.ts'
import { Float32, Float64, Int8, Int16, Int32 } from '../../../src/data/numbers.ts'
import type { OffsetMap } from '../../../src/data/records.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'
import { ConnectorOffsets } from '../../../src/stores/connector-offsets.ts'
import { readJavaOffsets, writeJavaOffsets } from '../../../src/stores/java-offset-file.ts'
import { decodeKey, decodeValue, encodeKey, encodeValue } from '../../../src/stores/offset-text.ts'
import { SqliteOffsets } from '../../../src/stores/sqlite-offsets.ts'
import { CollectingSink } from '../data/sink.ts'
import { type Comparison, each, plain, type Section, type SectionCase, whole } from './section.ts'

interface OffsetVector {
  description: string
  connector: string
  value?: string
  keyHex?: string
  error?: string
}

/** What the vectors say in words about the maps that went in. */
const INPUTS: Readonly<Record<string, { partition: OffsetMap; offset: OffsetMap }>> = {
  'file source': { partition: { filename: '/tmp/test.txt' }, offset: { position: 1234n } },
  'empty partition and offset maps': { partition: {}, offset: {} },
  'LinkedHashMap order b,a,c preserved': {
    partition: { b: 1, a: 2, c: 3 },
    offset: { z: true, y: null, x: 1.5 },
  },
  'HashMap order (Java hash order)': {
    partition: Object.fromEntries(
      hashMapOrder(['table', 'server', 'db', 'schema', 'partition', 'topic', 'cluster']).map(name => [
        name,
        name.length,
      ]),
    ),
    offset: { topic: 't' },
  },
  'MirrorMaker-like source partition': {
    partition: { cluster: 'A', partition: 0, topic: 't' },
    offset: { offset: 5 },
  },
  numbers: {
    partition: { i8: new Int8(1), i16: new Int16(2), i32: new Int32(3), i64: -9223372036854775808n },
    offset: {
      f32: new Float32(0.1),
      f64: 0.1,
      d0: new Float64(1),
      big: 1e21,
      small: 1e-7,
      f: new Float32(1e10),
      nan: Number.NaN,
      inf: Number.POSITIVE_INFINITY,
    },
  },
  'bytes are base64 text': { partition: { b: new Uint8Array([1, 2, 255]) }, offset: { ok: true } },
  'string escapes': {
    partition: { s: 'a"b\\c/d\n\t\r\b\f\u0000\u001f\u007f\u2028é<>&\'' },
    offset: { ok: false },
  },
  'nested map rejected': { partition: { m: {} as never }, offset: {} },
  'list rejected': { partition: {}, offset: { l: [] as never } },
}

function offsetsTopic({ description, connector, value, keyHex, error }: OffsetVector): Comparison {
  const input = INPUTS[description]
  if (input === undefined) return { expected: 'an input', got: `none for "${description}"` }
  if (error !== undefined) {
    const got = thrown(() => [encodeKey(connector, input.partition), encodeValue(input.offset)])
    return { expected: error, got }
  }
  const keyBytes = encodeKey(connector, input.partition)
  const read = decodeKey(keyBytes)
  return {
    expected: { keyHex, value, keyAgain: keyHex, valueAgain: value },
    got: {
      keyHex: keyBytes.toString('hex'),
      value: encodeValue(input.offset).toString(),
      keyAgain: read && encodeKey(read.connector, read.partition).toString('hex'),
      valueAgain: encodeValue(decodeValue(Buffer.from(value!))).toString(),
    },
  }
}

interface FileVector {
  entries: { key: string | null; value: string | null }[]
  hex: string
  length?: number
  truncated?: boolean
}

function standaloneOffsetsFile({ entries, hex, length, truncated }: FileVector): Comparison {
  if (truncated) {
    // A key of 70 kB, of which the vector has the start: its length is the one that makes the length of the file.
    const start = Buffer.from(hex, 'hex')
    const keyLength = start.readInt32BE(start.indexOf('[B') + 2 + 8 + 1 + 2 + 2)
    const key = Buffer.from(`["${'x'.repeat(keyLength - 4)}"]`)
    const written = writeJavaOffsets([
      { key, value: null },
      { key: Buffer.from('k'), value: null },
    ])
    const shown = start.length - 8
    return {
      expected: start.subarray(0, shown).toString('hex'),
      got: written.subarray(0, shown).toString('hex'),
    }
  }
  const bytes = Buffer.from(hex, 'hex')
  const read = readJavaOffsets(bytes)
  const text = (part: Uint8Array | null) => part && Buffer.from(part).toString()
  const sorted = (list: FileVector['entries']) => list.toSorted((a, b) => (a.key! < b.key! ? -1 : 1))
  // A null key, which nobody can ask for, is left out.
  const known = entries.filter(entry => entry.key !== null)
  return {
    expected: { entries: sorted(known), ...(length !== undefined && { hex }) },
    got: {
      entries: sorted(read.map(({ key, value }) => ({ key: text(key), value: text(value) }))),
      ...(length !== undefined && { hex: writeJavaOffsets(read).toString('hex') }),
    },
  }
}

interface JsonTextVectors {
  write: { inputUtf16Units: string[]; hex: string; note: string }[]
  read: { bytesUtf8: string; value?: unknown; valueText?: string; error?: string }[]
}

const jsonConverter = builtInConverters.find(
  plugin => plugin.className === 'org.apache.kafka.connect.json.JsonConverter',
)!.converter!({ 'schemas.enable': 'false' }, false)

const jsonText: Section = (name, content): SectionCase[] => {
  const { write, read } = content as JsonTextVectors
  return [
    ...write.map(({ inputUtf16Units, hex, note }, i) => ({
      id: `${name}.write-${i}`,
      about: note,
      compare() {
        const text = String.fromCharCode(...inputUtf16Units.map(unit => Number.parseInt(unit, 16)))
        const sink = new CollectingSink()
        jsonConverter.serialize('t', null, text, sink)
        const inOffset = encodeValue({ v: text }).subarray('{"v":'.length, -'}'.length)
        const got = { converter: sink.bytes()?.toString('hex'), offset: inOffset.toString('hex') }
        return { expected: { converter: hex, offset: hex }, got }
      },
    })),
    ...read.map(({ bytesUtf8, value, valueText, error }, i) => ({
      id: `${name}.read-${i}`,
      about: bytesUtf8,
      compare() {
        const into = new SchemaAndValue()
        const bytes = Buffer.from(bytesUtf8)
        const deserialize = () => jsonConverter.deserialize('t', bytes, 0, bytes.length, into)
        if (error !== undefined)
          return { expected: error, got: javaClassOf(caught(deserialize)).split('.').at(-1) }
        deserialize()
        if (valueText === undefined) return { expected: value, got: plain(into.value) }
        // The vector names the Java class behind each number.
        const expected = valueText.replace(/ \((?:int64|double)[^)]*\)/g, '')
        return { expected, got: javaText(into.value) }
      },
    })),
  ]
}

interface OrderVector {
  inserted: string[]
  stringHashCode: Record<string, number>
  iterationOrder: string[]
}

function javaHashMapOrder(vector: OrderVector): Comparison {
  const hashes = Object.fromEntries(vector.inserted.map(key => [key, stringHashCode(key)]))
  return {
    expected: { hashes: vector.stringHashCode, order: vector.iterationOrder },
    got: { hashes, order: hashMapOrder(vector.inserted) },
  }
}

interface CombinedVector {
  workerStore: Record<string, string>
  connectorStore: Record<string, string>
  result: Record<string, string | null>
}

/** Keys and values of the vector as partitions and offsets with one field. */
async function combinedOffsetRead(vector: CombinedVector): Promise<Comparison> {
  const filled = async (values: Record<string, string>) => {
    const store = new SqliteOffsets(':memory:')
    const entries = Object.entries(values).map(([k, v]) => ({ partition: { k }, offset: { v } }))
    await store.set('c', entries)
    return store
  }
  const worker = await filled(vector.workerStore)
  const combined = new ConnectorOffsets(await filled(vector.connectorStore), worker)
  const keys = Object.keys(vector.result)
  const offsets = await combined.get(
    'c',
    keys.map(k => ({ k })),
  )
  await combined.close()
  await worker.close()
  return {
    expected: vector.result,
    got: Object.fromEntries(keys.map((k, i) => [k, offsets[i]?.['v'] ?? null])),
  }
}

function caught(deed: () => unknown): unknown {
  try {
    deed()
  } catch (error) {
    return error
  }
  return null
}

function thrown(deed: () => unknown): string {
  const error = caught(deed)
  return error === null ? 'no error' : `${javaClassOf(error)}: ${(error as Error).message}`
}

export const offsetSections: Readonly<Record<string, Section>> = {
  offsetsTopic: each(offsetsTopic),
  combinedOffsetRead: whole(combinedOffsetRead),
  standaloneOffsetsFile: each(standaloneOffsetsFile),
  jsonText,
  javaHashMapOrder: each(javaHashMapOrder),
}

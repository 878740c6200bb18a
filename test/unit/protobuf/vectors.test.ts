/** Messages that Google's own implementation wrote: test/fixtures/protobuf/vectors.py says how. */
import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { SchemaAndValue } from '../../../src/data/schema.ts'
import { Struct } from '../../../src/data/struct.ts'
import { protobufFormat } from '../../../src/formats/protobuf/protobuf-schema.ts'
import { formatOf, read, write } from './format.ts'

interface Vector {
  readonly bytes: string
  readonly unpacked: string
  readonly values: Readonly<Record<string, unknown>>
}

const folder = `${import.meta.dir}/../../fixtures/protobuf`
const vectors = JSON.parse(readFileSync(`${folder}/vectors.json`, 'utf8')) as Vector[]
const schema = protobufFormat.parse(readFileSync(`${folder}/everything.proto`, 'utf8'), [])

const FLOATING = /(double|float|uint32\.value)$/

/** In the form of the vectors; unsigned numbers of 64 bits are signed ones in Connect. */
function plain(value: unknown, name: string): unknown {
  if (value instanceof Struct) {
    const members = value.schema.fields.map((field, i) => [field.name, value.rawValues[i]] as const)
    return Object.fromEntries(
      members.flatMap(([member, own]) => {
        if (member !== 'choice_0') return [[member, plain(own, member)] as const]
        const union = own as Struct | null
        return ['c_string', 'c_message', 'c_sint64'].map(
          choice => [choice, union === null ? null : plain(union.get(choice), choice)] as const,
        )
      }),
    )
  }
  if (value instanceof Map)
    return [...value]
      .map(([key, own]) => [plain(key, `${name}.key`), plain(own, `${name}.value`)])
      .sort(byKey)
  if (Array.isArray(value)) return value.map(own => plain(own, name))
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value === 'number' && FLOATING.test(name)) {
    if (Number.isNaN(value)) return 'nan'
    const bits = Buffer.alloc(8)
    bits.writeDoubleBE(value)
    return bits.toString('hex')
  }
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return value
}

function byKey(a: readonly unknown[], b: readonly unknown[]): number {
  const [left, right] = [String(a[0]), String(b[0])]
  return left < right ? -1 : left > right ? 1 : 0
}

function expected(values: Vector['values']): unknown {
  const signed = (value: unknown) => BigInt.asIntN(64, BigInt(value as string)).toString()
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (name.startsWith('m_')) return [name, (value as unknown[][]).toSorted(byKey)]
      if (name === 'f_uint64' || name === 'f_fixed64') return [name, signed(value)]
      if (name === 'r_uint64' || name === 'r_fixed64') return [name, (value as unknown[]).map(signed)]
      return [name, value]
    }),
  )
}

const inBytes = (hex: string) => Buffer.from(`00${hex}`, 'hex')

describe('messages of another implementation', () => {
  const format = formatOf()
  test('are read', () => {
    for (const { bytes, values } of vectors)
      expect(plain(read(format, schema, inBytes(bytes)).value, '')).toEqual(expected(values))
  })

  test('are read with numbers that are not packed', () => {
    for (const { unpacked, values } of vectors)
      expect(plain(read(format, schema, inBytes(unpacked)).value, '')).toEqual(expected(values))
  })

  test('become the same bytes again', () => {
    // Of an optional field the default value is not written unless optional.for.nullables asks for it.
    const whole = vectors.filter(({ values }) => values['o_int32'] !== '0' && values['o_string'] !== '')
    let same = 0
    for (const { bytes, values } of whole) {
      const { schema: connect, value } = read(format, schema, inBytes(bytes))
      const written = write(format, connect!, value)
      expect(plain(read(format, schema, written).value, '')).toEqual(expected(values))
      // Maps have another order, and default values are left out of their entries, as Java's dynamic messages do.
      const hasMap = Object.entries(values).some(
        ([name, own]) => name.startsWith('m_') && (own as []).length > 0,
      )
      if (hasMap) continue
      expect(written.toString('hex')).toBe(`00${bytes}`)
      same++
    }
    expect(whole.length).toBeGreaterThan(30)
    expect(same).toBeGreaterThan(5)
  })

  test('cut anywhere they are refused, or are a shorter message', () => {
    const { bytes } = vectors.toSorted((a, b) => b.bytes.length - a.bytes.length)[0]!
    const whole = inBytes(bytes)
    const into = new SchemaAndValue()
    const reader = format.reader(schema, null)
    let refused = 0
    for (let length = 1; length < whole.length; length++) {
      try {
        reader(whole, 0, length, into)
      } catch (error) {
        refused++
        expect((error as Error).message).toMatch(
          /^While parsing a protocol message, the input ended unexpectedly/,
        )
      }
    }
    expect(refused).toBeGreaterThan(whole.length / 2)
  })

  test('with any byte changed they are read or refused, never anything else', () => {
    let state = 12345
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 8) % below
    }
    const kinds = new Map<string, number>()
    const into = new SchemaAndValue()
    const reader = format.reader(schema, null)
    for (const { bytes } of vectors.slice(1))
      for (let i = 0; i < 60; i++) {
        const broken = inBytes(bytes)
        if (broken.length < 2) continue
        broken[1 + random(broken.length - 1)] = random(256)
        try {
          reader(broken, 0, broken.length, into)
        } catch (error) {
          const { name, message } = error as Error
          kinds.set(name, (kinds.get(name) ?? 0) + 1)
          if (name === 'SerializationException') expect(message).toContain('(message vectors.Everything')
        }
      }
    expect([...kinds.keys()]).toEqual(['SerializationException'])
  })
})

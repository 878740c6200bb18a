/** Random documents, sound and broken: every quick reader gives what the exact parser gives, or its error. */
import { afterEach, expect, test } from 'bun:test'
import { jsonConverterPlugin } from '../../../src/converters/json/json-converter.ts'
import { toConnect } from '../../../src/converters/json/to-connect.ts'
import { asciiStretch } from '../../../src/data/ascii-stretch.ts'
import { keysInHashOrder } from '../../../src/data/java-hash.ts'
import { parseJson } from '../../../src/data/json/jackson-parser.ts'
import { MISSING } from '../../../src/data/json/node.ts'
import { isPlainLong, JavaNumber } from '../../../src/data/numbers.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'

afterEach(() => asciiStretch.close())

let seed = 1
const random = (n: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return Math.floor((seed / 2 ** 32) * n)
}
const pick = <T>(from: readonly T[]): T => from[random(from.length)]!
const list = (most: number, of: () => string) => Array.from({ length: random(most) }, of)

const USUAL = ['a', 'b', 'id', 'name', '']
const NAMES = [
  ...USUAL, '__proto__', 'constructor', 'toString', 'toJSON', '1', '10', '0', '01', 'a\\u0062', '\\u005f_proto__',
  'é', '😀', '\\ud83d\\ude00', '\\ud800', 'x'.repeat(70),
] // biome-ignore format: a table
const NUMBERS = [
  '0', '-0', '1', '1.0', '-0.0', '1.5', '-2.25', '1.10', '1e2', '1e400', '-1e400', '-1e-400', '9007199254740993',
  '9223372036854775808', '123456789012345', '1234567890123456', '0.30000000000000004', '4503599627370495.9999',
  '0.99999999999999999', '0.1000000000000000055511151231257827', '007', '1.', '.5', '-', '+1', 'NaN', '1e', '0.1f',
] // biome-ignore format: a table
const OTHERS = [
  '""', '"x"', '"äö😀"', '"\\ud800"', '"\\udc00\\ud800"', '"a\\"b"', '"\\u0000"', '"\t"', '"\\x"', '"}"', '"\u2028"',
  `"${'y'.repeat(100)}"`, 'true', 'false', 'null', 'tru', 'nulls',
] // biome-ignore format: a table
const blank = () => (random(15) === 0 ? pick([' ', '\n', '\t', '\r', '\v', '\u00a0']) : '')
const spaced = (text: string) => blank() + text + blank()

function value(depth: number): string {
  const kind = random(10)
  if (depth > 0 && kind < 2) return object(depth - 1)
  if (depth > 0 && kind < 3) return `[${list(4, () => spaced(value(depth - 1))).join(',')}]`
  return pick(kind < 7 ? NUMBERS : OTHERS)
}

function object(depth: number): string {
  return `{${list(5, () => `${spaced(`"${pick(NAMES)}"`)}:${spaced(value(depth))}`).join(',')}}`
}

/** Documents of one form, with now and then another value. */
function form(): () => string {
  const names = list(6, () => pick(random(3) > 0 ? USUAL : NAMES))
  const kinds = names.map(() => random(4))
  const space = pick(['', ' '])
  const members = () =>
    names.map((name, i) => {
      const parts = [value(2), pick(NUMBERS), pick(OTHERS), `[${pick(NUMBERS)},${space}${pick(OTHERS)}]`]
      return `"${name}":${space}${parts[random(12) === 0 ? 0 : kinds[i]!]}`
    })
  return () => `{${members().join(`,${space}`)}}`
}

function spoiled(text: string): Buffer {
  const data = Buffer.from(
    random(10) === 0
      ? text + pick([' ', 'x', '}', ' 1', ',', '"'])
      : random(40) === 0
        ? `\ufeff${text}`
        : text,
  )
  if (data.length > 0 && random(25) === 0) data[random(data.length)] = random(256)
  return random(40) === 0 ? data.subarray(0, random(data.length)) : data
}

/** What Java would hold, order and classes of numbers included. */
function shown(given: unknown): string {
  const number = given instanceof JavaNumber ? given.value : given
  if (typeof number === 'bigint') return `long ${number}`
  if (typeof number === 'number') {
    const long = number === given && isPlainLong(number)
    return `${long ? 'long' : 'double'} ${Object.is(number, -0) ? '-0' : number}`
  }
  if (typeof given !== 'object' || given === null) return JSON.stringify(given)
  if (Array.isArray(given)) return `[${given.map(shown).join()}]`
  const map =
    given instanceof Map
      ? given
      : new Map(keysInHashOrder(given).map(name => [name, Reflect.get(given, name)]))
  return `{${Array.from(map, ([name, each]) => `${JSON.stringify(name)}:${shown(each)}`).join()}}`
}

function outcome(read: () => unknown): string {
  try {
    return shown(read())
  } catch (error) {
    const { message } = ((error as Error).cause ?? error) as Error
    return `error ${message.replace(/^com\.fasterxml[\w.]*: /, '')}`
  }
}

const options = { numericDecimals: false, replaceNullWithDefault: true }

test.each([false, true])('within stretches of a batch: %p', inStretch => {
  const converter = jsonConverterPlugin.converter!({ 'schemas.enable': 'false' }, false)
  for (let round = 0; round < 250; round++) {
    const next = form()
    const documents = Array.from({ length: 30 }, () => spoiled(random(6) === 0 ? value(3) : next()))
    const data = Buffer.concat(documents)
    if (inStretch) asciiStretch.open(data, data.length)
    let at = 0
    for (const document of documents) {
      const into = new SchemaAndValue()
      const got = outcome(() => {
        converter.deserialize('t', data, at, document.length, into)
        return into.value
      })
      const exact = outcome(() => {
        const node = parseJson(document)
        return node === MISSING ? null : toConnect(null, node, options)
      })
      at += document.length
      const text = document.toString()
      expect({ text, got }).toEqual({ text, got: exact })
    }
    asciiStretch.close()
  }
})

/** Texts of large documents: cut from copies of its parts, so that a small one does not keep the document alive. */
import { expect, test } from 'bun:test'
import { jsonConverterPlugin } from '../../../src/converters/json/json-converter.ts'
import { parseJson } from '../../../src/data/json/jackson-parser.ts'
import { SchemaAndValue } from '../../../src/data/schema.ts'

const converter = jsonConverterPlugin.converter!({ 'schemas.enable': 'false' }, false)

function read(text: string): unknown {
  const data = Buffer.from(text)
  const into = new SchemaAndValue()
  converter.deserialize('t', data, 0, data.length, into)
  return into.value
}

const texts = [
  '',
  'x',
  'ä',
  '漢字',
  '😀',
  '\ufeff',
  '\ufeffx',
  '\u2028',
  'y'.repeat(900),
  '😀'.repeat(2100),
  'z'.repeat(9000),
]

// By its shape, by the parser that reads whole doubles, and by JSON.parse.
test.each(['1.5', '2.0', '1e2'])('are what the exact parser reads, with a %s in it', number => {
  let seed = 3
  const random = (n: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * n)
  }
  for (let round = 0; round < 60; round++) {
    const rows = Array.from({ length: 20 + random(60) }, () => {
      const row = [random(8) > 0 ? random(8) : random(texts.length), random(8)].map(i => texts[i]!)
      return `{"a":"${row[0]}","b":"${row[1]}${'-'.repeat(random(120))}"}`
    })
    const text = `{"n":${number},"rows":[${rows.join(',')}]}`
    const exact = parseJson(Buffer.from(text)) as Map<string, Map<string, string>[]>
    const { rows: got } = read(text) as { rows: { a: string; b: string }[] }
    expect(got.map(row => [row.a, row.b])).toEqual(
      exact.get('rows')!.map(row => [row.get('a')!, row.get('b')!]),
    )
  }
})

test.each(['1.5', '2.0'])('do not keep the document, with a %s in it', number => {
  const kept: string[] = []
  Bun.gc(true)
  const before = process.memoryUsage.rss()
  for (let i = 0; i < 3000; i++) {
    const { id } = read(`{"id":"customer ${i}","n":${number},"rest":"${'x'.repeat(60_000)}"}`) as {
      id: string
    }
    kept.push(id)
  }
  Bun.gc(true)
  expect(kept[2999]).toBe('customer 2999')
  // All documents are 180 MB.
  expect(process.memoryUsage.rss() - before).toBeLessThan(90_000_000)
})

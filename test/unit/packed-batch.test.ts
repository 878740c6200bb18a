import { describe, expect, test } from 'bun:test'
import { MAX_DATA_BYTES, PackedBatch, STRIDE } from '../../src/kafka/packed-batch.ts'

type Part = string | Uint8Array | null
interface Written {
  topic: string
  partition: number
  timestamp: number
  key: Part
  value: Part
  headers: [string, Uint8Array | null][]
}

function put(batch: PackedBatch, part: Part): void {
  if (part === null) batch.putNull()
  else if (typeof part === 'string') batch.putUtf8(part)
  else batch.putBytes(part)
}

function write(batch: PackedBatch, record: Partial<Written> & { topic: string }): void {
  batch.begin(batch.topicNumber(record.topic), record.partition ?? -1, record.timestamp ?? -1)
  put(batch, record.key ?? null)
  batch.endKey()
  put(batch, record.value ?? null)
  batch.endValue()
  for (const [name, value] of record.headers ?? []) batch.header(name, value)
  batch.commit()
}

const bytes = (part: Part) => (part === null ? null : Buffer.from(part as string))

function expectRecord(batch: PackedBatch, i: number, record: Written): void {
  expect(batch.topic(i)).toBe(record.topic)
  expect(batch.partition(i)).toBe(record.partition)
  expect(batch.timestamp(i)).toBe(record.timestamp)
  expect(batch.timestampType(i)).toBe(record.timestamp < 0 ? 0 : 1)
  expect(batch.offset(i)).toBe(-1)
  expect(batch.key(i)).toEqual(bytes(record.key))
  expect(batch.value(i)).toEqual(bytes(record.value))
  const headers = batch.headers(i)
  expect(headers.map(header => header.name)).toEqual(record.headers.map(([name]) => name))
  expect(headers.map(header => header.value && Buffer.from(header.value))).toEqual(
    record.headers.map(([, value]) => value && Buffer.from(value)),
  )
}

describe('PackedBatch', () => {
  test('null, empty and filled parts stay apart', () => {
    const batch = new PackedBatch()
    for (const key of [null, '', 'k'])
      for (const value of [null, '', 'v']) write(batch, { topic: 't', key, value })
    expect(Array.from({ length: 9 }, (_, i) => [batch.keyText(i), batch.valueText(i)])).toEqual(
      [null, '', 'k'].flatMap(key => [null, '', 'v'].map(value => [key, value])),
    )
  })

  test('putNull wins over bytes put before it', () => {
    const batch = new PackedBatch()
    batch.begin(batch.topicNumber('t'), 0, 0)
    batch.putUtf8('dropped')
    batch.putNull()
    batch.endKey()
    batch.putUtf8('value')
    batch.endValue()
    batch.commit()
    expect(batch.key(0)).toBeNull()
    expect(batch.valueText(0)).toBe('value')
    expect(batch.dataLength).toBe(5)
  })

  test('several puts concatenate, none gives empty', () => {
    const batch = new PackedBatch()
    batch.begin(batch.topicNumber('t'), 0, 0)
    batch.endKey()
    batch.putUtf8('ä')
    batch.putBytes(new Uint8Array([0xff]))
    batch.putUtf8('b')
    batch.endValue()
    batch.commit()
    expect(batch.key(0)).toEqual(Buffer.alloc(0))
    expect(batch.value(0)).toEqual(Buffer.from([0xc3, 0xa4, 0xff, 0x62]))
  })

  test('a lone surrogate becomes one question mark, a pair stays', () => {
    const cases: [string, string][] = [
      ['\ud800', '?'],
      ['a\udc00b', 'a?b'],
      ['\udc00\ud800', '??'],
      ['\ud83d\ude00', '😀'],
      ['\ud83d\ud83d\ude00\ude00', '?😀?'],
      ['ö\ud800', 'ö?'],
    ]
    const batch = new PackedBatch()
    for (const [text] of cases) write(batch, { topic: 't', value: text })
    for (const [i, [, expected]] of cases.entries()) expect(batch.valueText(i)).toBe(expected)
  })

  test('malformed UTF-8 is read as Java reads it, header names too', () => {
    const batch = new PackedBatch()
    const surrogate = new Uint8Array([0x61, 0xed, 0xa0, 0x80, 0x62])
    write(batch, { topic: 't', key: surrogate, value: new Uint8Array([0xff, 0xc3]) })
    expect([batch.keyText(0), batch.valueText(0)]).toEqual(['a\ufffdb', '\ufffd\ufffd'])
  })

  test('a record that is not committed is forgotten', () => {
    const batch = new PackedBatch(1, 8)
    write(batch, { topic: 't', value: 'first' })
    batch.begin(batch.topicNumber('t'), 3, 9)
    batch.putUtf8('half a record that made the buffer grow')
    batch.endKey()
    batch.putUtf8('and its value')
    write(batch, { topic: 't', key: 'k', value: 'second' })
    expect(batch.count).toBe(2)
    expect([batch.valueText(0), batch.keyText(1), batch.valueText(1)]).toEqual(['first', 'k', 'second'])
    expect(batch.partition(1)).toBe(-1)
    expect(batch.dataLength).toBe(12)
  })

  test('a part that was not ended is null, whatever the slot held before', () => {
    const batch = new PackedBatch()
    write(batch, { topic: 't', key: 'key', value: 'value', headers: [['h', null]] })
    batch.clear()
    batch.begin(batch.topicNumber('t'), 0, 0)
    batch.commit()
    expect([batch.key(0), batch.value(0), batch.headerCount(0)]).toEqual([null, null, 0])
  })

  test('bytes that belong to no part are refused', () => {
    const batch = new PackedBatch()
    batch.begin(batch.topicNumber('t'), 0, 0)
    batch.endKey()
    batch.putUtf8('value without its end')
    expect(() => batch.commit()).toThrow('record 0 has bytes after its last endKey')
    expect(batch.count).toBe(0)
  })

  test('records lie one after another', () => {
    const batch = new PackedBatch(1, 1)
    for (let i = 0; i < 50; i++)
      write(batch, {
        topic: 't',
        key: i % 3 ? 'k' : null,
        value: 'v'.repeat(i),
        headers: [['h', Buffer.from('x')]],
      })
    let end = 0
    for (let i = 0; i < 50; i++) {
      expect(batch.start(i)).toBe(end)
      end += Math.max(batch.keyLength(i), 0) + batch.valueLength(i) + batch.i32[i * (STRIDE / 4) + 9]!
    }
    expect(batch.dataLength).toBe(end)
  })

  test('buffers grow for a large record and are given back later', () => {
    const batch = new PackedBatch(4, 1024)
    write(batch, { topic: 't', value: new Uint8Array(10 << 20) })
    expect(batch.data.length).toBeGreaterThanOrEqual(10 << 20)
    for (let i = 0; i < 20; i++) {
      batch.clear()
      write(batch, { topic: 't', value: 'small' })
    }
    expect(batch.data.length).toBe(1024)
  })

  test('a stream that needs large buffers keeps them', () => {
    const batch = new PackedBatch(4, 1024)
    const large = new Uint8Array(100_000)
    write(batch, { topic: 't', value: large })
    const { data } = batch
    for (let i = 0; i < 50; i++) {
      batch.clear()
      write(batch, { topic: 't', value: large })
    }
    expect(batch.data).toBe(data)
  })

  test('a view of a text does not reserve three times its length', () => {
    const batch = new PackedBatch(4, 16)
    write(batch, { topic: 't', value: 'x'.repeat(1 << 20) })
    expect(batch.data.length).toBe(1 << 20)
  })

  test('topics have numbers; a flood of topics is forgotten by clear', () => {
    const batch = new PackedBatch()
    expect([batch.topicNumber('a'), batch.topicNumber('b'), batch.topicNumber('a')]).toEqual([0, 1, 0])
    batch.clear()
    expect(batch.topicNumber('b')).toBe(1)
    for (let i = 0; i < 2000; i++) batch.topicNumber(`t${i}`)
    batch.clear()
    expect(batch.topics).toEqual([])
    expect(batch.topicNumber('b')).toBe(0)
  })

  test('reserve makes room behind the records and forgets a half-written one', () => {
    const batch = new PackedBatch(1, 1)
    write(batch, { topic: 't', value: 'kept' })
    batch.begin(0, 0, 0)
    batch.putUtf8('half')
    batch.reserve(100, 5000)
    expect(batch.index.byteLength).toBeGreaterThanOrEqual(101 * STRIDE)
    expect(batch.data.length).toBeGreaterThanOrEqual(5004)
    expect(batch.valueText(0)).toBe('kept')
  })

  test('more than 2 GB are refused and the records before stay', () => {
    const batch = new PackedBatch(4, 16)
    write(batch, { topic: 't', value: 'kept' })
    batch.begin(batch.topicNumber('t'), 0, 0)
    batch.putBytes(new Uint8Array(1000))
    expect(() => batch.reserve(1, MAX_DATA_BYTES)).toThrow('cannot hold more than 2147483647 bytes')
    expect([batch.count, batch.valueText(0)]).toEqual([1, 'kept'])
  })

  test('random records come back as they were written', () => {
    let state = 20261121
    const random = (n: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * n)
    }
    const text = () =>
      String.fromCodePoint(
        ...Array.from(
          { length: random(12) },
          () =>
            [random(128), 0x80 + random(0x700), 0x3000 + random(0x4000), 0x1f600 + random(64)][random(4)]!,
        ),
      )
    const blob = () => Uint8Array.from({ length: random(200) }, () => random(256))
    const part = (): Part => [null, '', text(), blob(), 'x'.repeat(random(3000))][random(5)]!
    const batch = new PackedBatch(2, 32)
    for (let round = 0; round < 60; round++) {
      batch.clear()
      const written: Written[] = Array.from({ length: random(120) }, () => ({
        topic: `topic-${random(5)}`,
        partition: random(4) - 1,
        timestamp: [-1, 0, Date.now(), random(2 ** 31)][random(4)]!,
        key: part(),
        value: part(),
        headers: Array.from({ length: random(4) }, (): [string, Uint8Array | null] => [
          text(),
          random(3) ? blob() : null,
        ]),
      }))
      for (const record of written) {
        write(batch, record)
        if (random(10) === 0) {
          batch.begin(0, 0, 0)
          batch.putBytes(blob())
        }
      }
      expect(batch.count).toBe(written.length)
      for (const [i, record] of written.entries()) expectRecord(batch, i, record)
    }
  })
})

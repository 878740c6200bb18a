import { expect, test } from 'bun:test'
import { simpleHeaderConverterPlugin } from '../../../src/converters/simple-header.ts'
import { ConnectHeaders } from '../../../src/data/headers.ts'
import { PackedBatch } from '../../../src/kafka/packed-batch.ts'
import { HeaderBuffer } from '../../../src/pipeline/header-buffer.ts'

const converter = simpleHeaderConverterPlugin.headerConverter!({})

function packed(
  buffer: HeaderBuffer,
  headers: ConnectHeaders,
  batch = new PackedBatch(),
): [string, unknown][] {
  buffer.encode('t', headers, converter)
  batch.begin(batch.topicNumber('t'), -1, -1)
  batch.putUtf8('key')
  batch.endKey()
  batch.putUtf8('value')
  batch.endValue()
  buffer.appendTo(batch)
  batch.commit()
  return batch.headers(batch.count - 1).map(({ name, value }) => [name, value && String(value)])
}

test('headers come out of the batch in their order, nulls, names and texts beyond ASCII included', () => {
  const headers = new ConnectHeaders()
    .addString('a', 'x')
    .addString('none', null)
    .addString('a', '')
    .addLong('größe', 5)
    .addString('lone', '\ud800')
  const batch = new PackedBatch()
  const buffer = new HeaderBuffer()
  const expected = [
    ['a', 'x'],
    ['none', null],
    ['a', ''],
    ['größe', '5'],
    ['lone', '?'],
  ]
  expect(packed(buffer, headers, batch)).toEqual(expected as [string, unknown][])
  expect(packed(buffer, headers, batch)).toEqual(expected as [string, unknown][])
  expect(batch.valueText(1)).toBe('value')
  expect(batch.keyText(1)).toBe('key')
})

test('a header larger than the buffer', () => {
  const large = 'ä'.repeat(3_000_000)
  const buffer = new HeaderBuffer()
  expect(packed(buffer, new ConnectHeaders().addString('large', large))).toEqual([['large', large]])
  expect(packed(buffer, new ConnectHeaders().addString('small', 'x'))).toEqual([['small', 'x']])
})

test('a converter that throws halfway leaves nothing to the next record', () => {
  const buffer = new HeaderBuffer()
  const failing = {
    ...converter,
    serialize: () => {
      buffer.putUtf8('half')
      buffer.putNull()
      throw new Error('no')
    },
  }
  expect(() => buffer.encode('t', new ConnectHeaders().addString('a', 'x'), failing)).toThrow('no')
  expect(packed(buffer, new ConnectHeaders().addString('a', 'x'))).toEqual([['a', 'x']])
})

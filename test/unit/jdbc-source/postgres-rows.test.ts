/** What Postgres sends, in every way that a network cuts it. */
import { describe, expect, test } from 'bun:test'
import type { Cell } from '../../../connectors/jdbc/drivers/connection.ts'
import { bindMessage } from '../../../connectors/jdbc/drivers/postgres-messages.ts'
import { RowTap } from '../../../connectors/jdbc/drivers/postgres-row-tap.ts'
import { RowReader } from '../../../connectors/jdbc/drivers/postgres-rows.ts'

function message(code: string, content: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5)
  head.write(code)
  head.writeInt32BE(content.length + 4, 1)
  return Buffer.concat([head, content])
}

function dataRow(values: readonly (Uint8Array | null)[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from([0, values.length])]
  for (const value of values) {
    const length = Buffer.alloc(4)
    length.writeInt32BE(value?.length ?? -1)
    parts.push(length, ...(value === null ? [] : [value]))
  }
  return message('D', Buffer.concat(parts))
}

function read(type: number, hex: string): Cell {
  return new RowReader([type]).row(dataRow([Buffer.from(hex, 'hex')]), 5)[0]!
}

describe('values of', () => {
  test.each<[string, number, string, Cell]>([
    ['bool', 16, '01', 't'],
    ['bool', 16, '00', 'f'],
    ['bytea', 17, '', Buffer.alloc(0)],
    ['bytea', 17, '00ff5c78', Buffer.from([0, 255, 92, 120])],
    ['int8', 20, '0000000000000000', 0],
    ['int8', 20, 'ffffffffffffffff', -1],
    ['int8', 20, '00000000ffffffff', 0xffffffff],
    ['int8', 20, 'ffffffff00000000', -0x1_0000_0000],
    ['int8', 20, '001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['int8', 20, '0020000000000000', 2n ** 53n],
    ['int8', 20, '0020000000000001', 2n ** 53n + 1n],
    ['int8', 20, 'ffe0000000000001', Number.MIN_SAFE_INTEGER],
    ['int8', 20, 'ffe0000000000000', -(2n ** 53n)],
    ['int8', 20, '7fffffffffffffff', 2n ** 63n - 1n],
    ['int8', 20, '8000000000000000', -(2n ** 63n)],
    ['int2', 21, '7fff', 32767],
    ['int2', 21, '8000', -32768],
    ['int2', 21, 'ffff', -1],
    ['int4', 23, '7fffffff', 2147483647],
    ['int4', 23, '80000000', -2147483648],
    ['float4', 700, '3dcccccd', Math.fround(0.1)],
    ['float4', 700, '7fc00000', Number.NaN],
    ['float8', 701, '3fb999999999999a', 0.1],
    ['float8', 701, '8000000000000000', -0],
    ['float8', 701, 'fff0000000000000', Number.NEGATIVE_INFINITY],
    ['text', 25, Buffer.from('ü€😀').toString('hex'), 'ü€😀'],
    ['text', 25, '', ''],
    ['numeric', 1700, Buffer.from('-1.50').toString('hex'), '-1.50'],
  ])('%s: type %p, %s', (_name, type, hex, value) => {
    const cell = read(type, hex)
    if (typeof value === 'number') expect(Object.is(cell, value)).toBe(true)
    else expect(cell).toEqual(value)
  })
})

describe('rows are taken out and all else is handed on whole, wherever the bytes are cut', () => {
  const reader = new RowReader([23, 25, 25])
  const messages = [
    message('1'),
    message('2'),
    dataRow([Buffer.from([0, 0, 0, 7]), Buffer.from('short'), null]),
    message('N', Buffer.from('notice')),
    dataRow([null, Buffer.from('ü'.repeat(40)), Buffer.from('x')]),
    dataRow([Buffer.from([255, 255, 255, 255]), Buffer.alloc(0), null]),
    message('s'),
    message('Z', Buffer.from('T')),
  ]
  const rows = [
    [7, 'short', null],
    [null, 'ü'.repeat(40), 'x'],
    [-1, '', null],
  ]
  const stream = Buffer.concat(messages)

  function tapped(cuts: readonly number[]): { order: string; forwarded: Buffer; rows: Cell[][] } {
    const found: Cell[][] = []
    const forwarded: Buffer[] = []
    let order = ''
    const tap = new RowTap({ connection: { attachListeners() {} } } as never)
    tap.receiver = {
      row(data, at, bytes) {
        expect(data.subarray(at - 5, at - 5 + bytes)[0]).toBe('D'.charCodeAt(0))
        found.push(reader.row(data, at))
        order += 'D'
      },
    }
    let from = 0
    for (const to of [...cuts, stream.length]) {
      tap.take(Buffer.from(stream.subarray(from, to)), data => {
        forwarded.push(data)
        for (let at = 0; at < data.length; at += 1 + data.readInt32BE(at + 1)) {
          order += String.fromCharCode(data[at]!)
        }
      })
      from = to
    }
    return { order, forwarded: Buffer.concat(forwarded), rows: found }
  }
  const expected = {
    order: '12DNDDsZ',
    forwarded: Buffer.concat(messages.filter(each => each[0] !== 'D'.charCodeAt(0))),
    rows,
  }

  test('in one piece, and byte by byte', () => {
    expect(tapped([])).toEqual(expected)
    expect(tapped(Array.from({ length: stream.length - 1 }, (_, i) => i + 1))).toEqual(expected)
  })
  test('in three pieces of every size', () => {
    for (let first = 1; first < stream.length - 1; first++) {
      for (let second = first + 1; second < stream.length; second += 3) {
        expect(tapped([first, second])).toEqual(expected)
      }
    }
  })
  test('without a receiver everything is handed on', () => {
    const tap = new RowTap({ connection: { attachListeners() {} } } as never)
    const forwarded: Buffer[] = []
    tap.take(stream.subarray(0, 30), data => forwarded.push(data))
    tap.take(stream.subarray(30), data => forwarded.push(data))
    expect(Buffer.concat(forwarded)).toEqual(stream)
  })
})

test('Bind asks for each column in its format', () => {
  const bytes = bindMessage('p', ['ü', null, Buffer.from([1, 2])], new RowReader([23, 25]).formats)
  expect(bytes.toString('hex')).toBe(
    '42' +
      '00000027' +
      '7000' +
      '00' +
      '0003' +
      '000000000001' +
      '0003' +
      '00000002c3bc' +
      'ffffffff' +
      '000000020102' +
      '0002' +
      '00010000',
  )
})

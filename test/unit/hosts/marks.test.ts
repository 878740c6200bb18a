import { afterAll, expect, test } from 'bun:test'
import { closeSync } from 'node:fs'
import {
  createBoard,
  inheritBoard,
  MarkReader,
  MarkWriter,
  PLUGIN_CALLS,
} from '../../../src/worker/hosts/marks.ts'

const shared = createBoard()!
afterAll(() => closeSync(shared.fd))
const call = (name: (typeof PLUGIN_CALLS)[number]) => PLUGIN_CALLS.indexOf(name)

test('what one end marks the other reads, over two mappings of one file without a name', () => {
  const writer = new MarkWriter(inheritBoard(shared.fd))
  const reader = new MarkReader(shared.board)
  expect(reader.current()).toBeNull()
  const before = writer.enter(7, call('put'))
  const inner = writer.enter(7, call('transform'))
  expect(reader.current()).toEqual({ slot: 7, call: 'transform' })
  writer.leave(inner)
  expect(reader.current()).toEqual({ slot: 7, call: 'put' })
  writer.leave(before)
  expect(reader.current()).toBeNull()
  expect(reader.entered).toBe(2)
  writer.pend(7, call('poll'))
  writer.pend(7, call('commit'))
  writer.settle(7, call('poll'))
  expect(reader.pending(7)).toEqual([{ slot: 7, call: 'commit' }])
  writer.clear(7)
  expect(reader.pending(7)).toEqual([])
})

test('nobody’s calls are counted and name nobody', () => {
  const writer = new MarkWriter(inheritBoard(shared.fd))
  const reader = new MarkReader(shared.board)
  const before = writer.enter(0, call('start'))
  writer.pend(0, call('start'))
  expect(reader.current()).toBeNull()
  writer.leave(before)
})

test('the last row and the last call', () => {
  const writer = new MarkWriter(inheritBoard(shared.fd))
  const reader = new MarkReader(shared.board)
  const before = writer.enter(1023, PLUGIN_CALLS.length - 1)
  writer.pend(1023, PLUGIN_CALLS.length - 1)
  expect(reader.current()).toEqual({ slot: 1023, call: PLUGIN_CALLS.at(-1)! })
  expect(reader.pending(1023)).toHaveLength(1)
  writer.leave(before)
})

test('without a board nothing is known, and nothing breaks', () => {
  const writer = new MarkWriter(inheritBoard(-1))
  writer.leave(writer.enter(3, 0))
  const reader = new MarkReader(null)
  expect(reader.current()).toBeNull()
  expect(reader.pending(3)).toEqual([])
})

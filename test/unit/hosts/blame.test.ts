import { expect, test } from 'bun:test'
import { blame, type Suspect } from '../../../src/worker/hosts/blame.ts'
import type { Mark, PluginCall } from '../../../src/worker/hosts/marks.ts'

const mark = (slot: number, call: PluginCall): Mark => ({ slot, call })
const suspect = (slot: number, outside: boolean, pending: PluginCall[] = []): Suspect => ({
  lease: slot * 100,
  slot,
  outside,
  pending: pending.map(call => mark(slot, call)),
})

const builtIn = suspect(1, false, ['poll'])
const idle = suspect(2, true)
const waiting = suspect(3, true, ['put'])
const other = suspect(4, true, ['poll'])

const cases: [what: string, args: Parameters<typeof blame>, blamed: string[]][] = [
  [
    'stuck in a marked call: that one alone',
    ['stuck', mark(2, 'put'), [builtIn, idle, waiting]],
    ['200 put'],
  ],
  [
    'stuck in code that is compiled in: that one too',
    ['stuck', mark(1, 'poll'), [builtIn, waiting]],
    ['100 poll'],
  ],
  ['stuck behind an await: whoever has a call open', ['stuck', null, [builtIn, idle, waiting]], ['300 put']],
  ['two such calls cannot be told apart', ['stuck', null, [waiting, other]], ['300 put', '400 poll']],
  ['stuck in nobody’s call: all code from outside', ['stuck', null, [builtIn, idle]], ['200 -']],
  [
    'gone: the mark of code that is compiled in says little',
    ['gone', mark(1, 'poll'), [builtIn, waiting]],
    ['300 put'],
  ],
  ['gone in code from outside', ['gone', mark(2, 'poll'), [builtIn, idle, waiting]], ['200 poll']],
  ['gone with nothing from outside: nobody', ['gone', mark(1, 'poll'), [builtIn]], []],
  ['a row that nobody has any more: as without a mark', ['stuck', mark(9, 'poll'), [waiting]], ['300 put']],
]
test.each(cases)('%s', (_, args, expected) => {
  expect(blame(...args).map(({ lease, mark }) => `${lease} ${mark?.call ?? '-'}`)).toEqual(expected)
})

import { expect, test } from 'bun:test'
import type { ColumnDefinition } from '../../../connectors/jdbc/dialects/dialect.ts'
import { misfit } from '../../../connectors/jdbc/sink/misfits.ts'
import { inTurn } from '../../../connectors/jdbc/sink/turns.ts'

const column = (
  type: string,
  precision: number | null = null,
  scale: number | null = null,
  unsigned = false,
) => ({ name: 'c', type, precision, scale, unsigned }) as ColumnDefinition

test.each([
  ['text of its length', 'ünï🚲', column('varchar', 4), null],
  ['text that is too long', 'ünï🚲x', column('VARCHAR', 4), 'c takes 4 characters and was given 5'],
  ['text without a limit', 'x'.repeat(99), column('text'), null],
  ['a number in its range', -32768, column('int2'), null],
  ['a number beyond it', 32768, column('SMALLINT'), 'c, of type smallint, has no number that large'],
  ['the same without a sign', 65535, column('SMALLINT', null, null, true), null],
  ['a large one', 2n ** 63n, column('int8'), 'c, of type int8, has no number that large'],
  ['digits that fit', '-0123.456', column('numeric', 5, 2), null],
  [
    'digits that do not',
    '1234.5',
    column('numeric', 5, 2),
    'c takes 3 digits before the point and was given 4',
  ],
  ['null', null, column('varchar', 1), null],
  ['bytes', new Uint8Array(9), column('varchar', 1), null],
])('%s', (_name, value, of, told) => {
  expect(misfit(value, of)).toBe(told)
})

test('work on one thing is done in turn, whatever becomes of it; on another meanwhile', async () => {
  const seen: string[] = []
  const slow = async (name: string, fails = false) => {
    seen.push(`${name} begins`)
    await Bun.sleep(5)
    seen.push(`${name} ends`)
    if (fails) throw new Error(name)
    return name
  }
  const all = await Promise.allSettled([
    inTurn('a', () => slow('a1', true)),
    inTurn('a', () => slow('a2')),
    inTurn('b', () => slow('b')),
    inTurn('a', () => slow('a3')),
  ])
  expect(all.map(each => each.status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
  expect(seen.filter(line => line.startsWith('a'))).toEqual(
    ['a1', 'a2', 'a3'].flatMap(n => [`${n} begins`, `${n} ends`]),
  )
  expect(seen.indexOf('b begins')).toBeLessThan(seen.indexOf('a1 ends'))
})

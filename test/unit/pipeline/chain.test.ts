import { describe, expect, test } from 'bun:test'
import { SinkRecord } from '../../../src/data/records.ts'
import { logger, redirect } from '../../../src/observe/log.ts'
import { Chain, type ChainStage } from '../../../src/pipeline/chain.ts'

const record = (value: unknown) => new SinkRecord('t', 0, null, null, null, value, 5)
const put = (from: SinkRecord, value: unknown) => from.newRecord(from.topic, 0, null, null, null, value, null)
const stage = (apply: (record: SinkRecord) => unknown, more: Partial<ChainStage> = {}): ChainStage => ({
  alias: 'x',
  className: 'test.X',
  transformation: { apply: apply as never },
  predicate: null,
  negate: false,
  ...more,
})
const values = (result: SinkRecord | null | readonly SinkRecord[]) =>
  Array.isArray(result) ? result.map(each => each.value) : ((result as SinkRecord | null)?.value ?? null)
const add = (text: string) => stage(each => put(each, `${each.value}${text}`))

describe('a chain', () => {
  test('applies in order; null drops and ends it', () => {
    let after = 0
    const chain = new Chain<SinkRecord>([
      add('1'),
      stage(each => (each.value === 'drop1' ? null : each)),
      stage(each => {
        after++
        return each
      }),
      add('2'),
    ])
    expect(values(chain.apply(record('a')))).toBe('a12')
    expect(chain.apply(record('drop'))).toBeNull()
    expect(after).toBe(1)
  })

  test('applies a stage if negate XOR its predicate', () => {
    const isA = { test: (each: { value: unknown }) => each.value === 'a' }
    const chain = new Chain<SinkRecord>([
      stage(each => put(each, `${each.value}+`), { predicate: isA }),
      stage(each => put(each, `${each.value}-`), { predicate: isA, negate: true }),
    ])
    expect(values(chain.apply(record('a')))).toBe('a+-')
    expect(values(chain.apply(record('b')))).toBe('b-')
  })

  test('takes every one of several records through the rest, in order, also when they become several again', () => {
    const halves = stage(each =>
      String(each.value)
        .split(',')
        .map(part => put(each, part)),
    )
    const letters = stage(each => [...String(each.value)].map(part => put(each, part)))
    const chain = new Chain<SinkRecord>([halves, add('!'), letters, add('.')])
    expect(values(chain.apply(record('ab,c')))).toEqual(['a.', 'b.', '!.', 'c.', '!.'])
    expect(values(chain.apply(record('x')))).toEqual(['x.', '!.'])
    expect(values(new Chain<SinkRecord>([stage(() => [])]).apply(record('x')))).toEqual([])
  })

  test('goes on where it stood still, nothing twice', () => {
    const seen: unknown[] = []
    let failures = 2
    const chain = new Chain<SinkRecord>([
      stage(each =>
        String(each.value)
          .split(',')
          .map(part => put(each, part)),
      ),
      stage(each => {
        seen.push(each.value)
        return each
      }),
      stage(each => {
        if (each.value === 'b' && failures-- > 0) throw new Error('b')
        return put(each, `${each.value}!`)
      }),
    ])
    expect(() => chain.apply(record('a,b,c'))).toThrow('b')
    expect(chain.failing.alias).toBe('x')
    expect(() => chain.again()).toThrow('b')
    expect(values(chain.resume(chain.again()))).toEqual(['a!', 'b!', 'c!'])
    expect(seen).toEqual(['a', 'b', 'c'])
    // A walk that was given up leaves nothing to the next record.
    failures = 1
    expect(() => chain.apply(record('a,b,c'))).toThrow('b')
    expect(values(chain.apply(record('z')))).toEqual(['z!'])
  })

  test('a failing predicate is a failure of its transformation, tried again with it', () => {
    let failures = 1
    const predicate = {
      test: () => {
        if (failures-- > 0) throw new Error('predicate')
        return true
      },
    }
    const chain = new Chain<SinkRecord>([stage(each => put(each, 'done'), { predicate })])
    expect(() => chain.apply(record('a'))).toThrow('predicate')
    expect(values(chain.resume(chain.again()))).toBe('done')
  })

  test('a transformation that forgets to return is told so', () => {
    expect(() => new Chain<SinkRecord>([stage(() => undefined)]).apply(record('a'))).toThrow(
      'Transformation x (test.X) returned undefined; it must return a record, several in an array, or null',
    )
  })

  test('closes all, whatever one of them throws', () => {
    const closed: string[] = []
    const close = (name: string) => () => {
      closed.push(name)
      if (name === 'a') throw new Error('no')
    }
    const lines: string[] = []
    const restore = redirect(line => void lines.push(line))
    const apply = <R>(each: R) => each
    new Chain<SinkRecord>([
      stage(apply as never, { alias: 'a', transformation: { apply, close: close('a') } }),
      stage(apply as never, {
        transformation: { apply, close: close('b') },
        predicate: { test: () => true, close: close('p') },
      }),
    ]).close(logger('test'))
    restore()
    expect(closed).toEqual(['a', 'b', 'p'])
    expect(lines.join('')).toContain('Could not close transformation of a: Error: no')
  })
})

import { expect, test } from 'bun:test'
import { Progress } from '../../../src/cli/demo/progress.ts'

function shown(isTerminal: boolean, counts: [written: number, put: number][]): string {
  let out = ''
  const write = (text: string) => {
    out += text
  }
  const progress = new Progress({ isTerminal, write }, 3000)
  counts.forEach(([written, put], i) => {
    progress.show({ written, put }, i === counts.length - 1)
  })
  return out.replace(/[\d,]+\/s/g, 'N/s')
}

test('elsewhere than on a terminal only the last line counts', () => {
  expect(
    shown(false, [
      [10, 0],
      [3000, 2000],
      [3000, 3000],
    ]),
  ).toBe('3,000 of 3,000 records   N/s   lag 0\n')
})

test('on a terminal lines replace each other, and only the last one ends', () => {
  expect(
    shown(true, [
      [2500, 1000],
      [3000, 3000],
    ]),
  ).toMatch(
    /^\r\u001b\[K(1,000 of 3,000 records {3}N\/s {3}lag 1,500\r\u001b\[K)?3,000 of 3,000 records {3}N\/s {3}lag 0\n$/,
  )
})

test('a sink that has counted first shows no lag below zero', () => {
  expect(shown(false, [[2900, 3000]])).toContain('lag 0\n')
})

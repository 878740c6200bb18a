import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { compile } from '../../../src/transforms/script/compile-elsewhere.ts'

const mine = String(process.pid)

/** How many children of this process compile a script right now. */
function compilers(): number {
  return readdirSync('/proc').filter(pid => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
      return parent === mine && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('compile-script')
    } catch {
      return false // No process, or one that has just ended.
    }
  }).length
}

test('many scripts at once are compiled by one process after the other, the same one once', async () => {
  const texts = ['record', 'record // 2', 'record // 2', 'record.topc', 'record // 2']
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, compilers())
  }, 2)
  try {
    const answers = await Promise.all(texts.map(text => compile({ kind: 'transformation', text })))
    expect(answers.map(({ problems }) => problems.length)).toEqual([0, 0, 0, 1, 0])
    expect(answers[1]).toBe(answers[2]!)
    expect(most).toBe(1)
  } finally {
    clearInterval(watch)
  }
}, 120_000)

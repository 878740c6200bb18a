import { afterEach, beforeEach, expect, test } from 'bun:test'
import { logger, redirect, setLevel } from '../../../src/observe/log.ts'

let lines: string[]
let restore: () => void
beforeEach(() => {
  lines = []
  restore = redirect(line => void lines.push(line.replace(/^\[.*?\] /, '')))
})
afterEach(() => {
  restore()
  setLevel('INFO')
})

test('level, owner, text and logger stand on one line', () => {
  logger('a.B', 'c|task-0').info('hello')
  logger('a.B').warn('well')
  logger('a.B').debug('nobody hears')
  expect(lines).toEqual(['INFO [c|task-0] hello (a.B)\n', 'WARN well (a.B)\n'])
})

test('a trace stands below its message for those who debug', () => {
  const log = logger('a.B')
  log.error('it broke', 'trace\n\tat x\n')
  setLevel('DEBUG')
  log.error('it broke', 'trace\n\tat x\n')
  log.warn('it may break')
  expect(lines).toEqual([
    'ERROR it broke (a.B)\n',
    'ERROR it broke (a.B)\ntrace\n\tat x\n',
    'WARN it may break (a.B)\n',
  ])
})

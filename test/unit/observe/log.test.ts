import { afterEach, beforeEach, expect, test } from 'bun:test'
import { logger, redirect, setLevel, writeLine } from '../../../src/observe/log.ts'
import { forgetSecrets, hide } from '../../../src/observe/secrets.ts'

let lines: string[]
let restore: () => void
beforeEach(() => {
  lines = []
  restore = redirect(line => void lines.push(line.replace(/^\[.*?\] /, '')))
})
afterEach(() => {
  restore()
  setLevel('INFO')
  forgetSecrets()
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

test('no secret leaves, neither in a text or trace nor in a line made elsewhere; stamp and level stay', () => {
  setLevel('DEBUG')
  hide(['hunter2', 'ERROR', String(new Date().getFullYear())])
  logger('a.B', 'c hunter2').error('ERROR of hunter2', 'at hunter2')
  writeLine('[2026-11-21 17:02:24,123] WARN [c|task-0] hunter2 again (a.B)\n')
  expect(lines).toEqual([
    'ERROR [c [hidden]] [hidden] of [hidden] (a.B)\nat [hidden]\n',
    'WARN [c|task-0] [hidden] again (a.B)\n',
  ])
})

import { describe, expect, test } from 'bun:test'
import {
  ConnectException,
  causes,
  causesAndHint,
  DataException,
  javaTrace,
} from '../../../src/data/errors.ts'

describe('causes on one line', () => {
  const enoent = new Error('ENOENT: no such file')
  const ring = new Error('round')
  ring.cause = ring

  test.each<[string, unknown, string]>([
    ['no cause', new DataException('bad'), 'org.apache.kafka.connect.errors.DataException: bad'],
    [
      'a chain',
      new ConnectException('a', { cause: new DataException('b', { cause: new TypeError('c') }) }),
      'org.apache.kafka.connect.errors.ConnectException: a ← ' +
        'org.apache.kafka.connect.errors.DataException: b ← TypeError: c',
    ],
    [
      'a cause that was quoted',
      new ConnectException(`Cannot open: ${enoent.message}`, { cause: enoent }),
      'org.apache.kafka.connect.errors.ConnectException: Cannot open: ENOENT: no such file',
    ],
    ['lines', new Error('one\n  two\n'), 'Error: one two'],
    ['no message', new Error('', { cause: new Error('x') }), 'Error ← Error: x'],
    ['a ring', ring, 'Error: round'],
    ['no error', 'text', 'string: text'],
  ])('%s', (_, error, line) => {
    expect(causes(error)).toBe(line)
  })

  test('what to do, from the first that knows', () => {
    const cause = new DataException('b', {
      hint: 'Do this.',
      cause: new DataException('c', { hint: 'Or that.' }),
    })
    expect(causesAndHint(new ConnectException('a', { cause }))).toBe(
      `${causes(new ConnectException('a', { cause }))} (Do this.)`,
    )
    expect(causesAndHint(enoent)).toBe(causes(enoent))
  })

  test('no line of a message is a frame', () => {
    const lines = javaTrace(new DataException('bad JSON\n at [Source: x; line: 1, column: 2]')).split('\n')
    expect(lines.filter(line => line.includes('[Source'))).toEqual([' at [Source: x; line: 1, column: 2]'])
  })

  test('the trace keeps every cause', () => {
    const lines = javaTrace(new ConnectException(`x: ${enoent.message}`, { cause: enoent })).split('\n')
    expect(lines.filter(line => !line.startsWith('\t'))).toEqual([
      'org.apache.kafka.connect.errors.ConnectException: x: ENOENT: no such file',
      'Caused by: Error: ENOENT: no such file',
      '',
    ])
  })
})

import { expect, test } from 'bun:test'
import { Failure, sentence } from '../../../src/cli/exit.ts'
import { StartError } from '../../../src/cli/start-error.ts'
import { ConnectException } from '../../../src/data/errors.ts'

test.each([
  ['It broke', 'Mend it.', 'It broke. Mend it.'],
  ['It broke.', 'Mend it.', 'It broke. Mend it.'],
  ['Is it broken?', 'Mend it.', 'Is it broken? Mend it.'],
  ['It broke', undefined, 'It broke'],
  ['It broke', '', 'It broke'],
])('%p and %p are one line', (message, hint, line) => {
  expect(sentence(message, hint)).toBe(line)
})

test('the way out of a cause is that of the failure, unless it has one of its own', () => {
  const cause = new ConnectException('x', { hint: 'Mend it.' })
  expect(new Failure(2, 'y', { cause }).hint).toBe('Mend it.')
  expect(new Failure(2, 'y', { cause, hint: 'Leave it.' }).hint).toBe('Leave it.')
  expect(new StartError('listeners', 2, cause)).toMatchObject({ message: 'x', hint: 'Mend it.' })
})

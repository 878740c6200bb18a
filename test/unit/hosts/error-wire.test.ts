import { afterEach, expect, test } from 'bun:test'
import { ConnectException, DataException, javaTrace } from '../../../src/data/errors.ts'
import { forgetSecrets, hide } from '../../../src/observe/secrets.ts'
import { errorToWire, RemoteException } from '../../../src/worker/hosts/error-wire.ts'

afterEach(forgetSecrets)

test('an error arrives with class, message, hint and cause', () => {
  const sent = new ConnectException('no', { cause: new DataException('why'), hint: 'do this' })
  const arrived = new RemoteException(structuredClone(errorToWire(sent)))
  expect(javaTrace(arrived)).toBe(javaTrace(sent))
  expect(arrived.hint).toBe('do this')
})

test('what is too long is cut, and no half of a secret is left at the end', () => {
  const secret = 'correct horse battery staple'
  hide([secret])
  const message = `${'x'.repeat(64 * 1024 - 10)}${secret}`
  const { message: cut } = errorToWire(new ConnectException(message))
  expect(cut.length).toBeLessThan(64 * 1024 + 40)
  expect(cut).not.toContain('correct')
  expect(cut).toEndWith(`… (${message.length} characters)`)
})

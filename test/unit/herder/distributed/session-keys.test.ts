import { expect, test } from 'bun:test'
import type { ConfigStore } from '../../../../src/herder/distributed/config-events.ts'
import { SessionKeys } from '../../../../src/herder/distributed/session-keys.ts'
import { redirect } from '../../../../src/observe/log.ts'

test('a worker that stops while its key is being written has nothing to complain of', async () => {
  const lines: string[] = []
  const back = redirect(line => lines.push(line))
  const write = Promise.withResolvers<void>()
  const store = {
    snapshot: () => ({ sessionKey: null }),
    putSessionKey: () => write.promise,
  } as unknown as ConfigStore
  const keys = new SessionKeys({ store, algorithm: 'HmacSHA256', bits: null, ttlMs: 0 })
  const checked = keys.check(true)
  keys.close()
  write.reject(new Error('the log is closed'))
  await checked
  back()
  expect(lines.join('')).toContain('no session key has been distributed yet. Distributing new key now.')
  expect(lines.join('')).not.toContain('ERROR')
})

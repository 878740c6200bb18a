import { expect, test } from 'bun:test'
import type { ConfigStore, SessionKey } from '../../../../src/herder/distributed/config-events.ts'
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
  const keys = new SessionKeys({ store, algorithm: 'HmacSHA256', bits: null, ttlMs: 0, leads: () => true })
  const checked = keys.check(true)
  keys.close()
  write.reject(new Error('the log is closed'))
  await checked
  back()
  expect(lines.join('')).toContain('no session key has been distributed yet. Distributing new key now.')
  expect(lines.join('')).not.toContain('ERROR')
})

/** A store that workers share; each reads what is written at once. */
function sharedStore(first: SessionKey | null) {
  const readers: ((key: SessionKey) => void)[] = []
  const shared = { key: first, written: 0 }
  const store = {
    snapshot: () => ({ sessionKey: shared.key }),
    putSessionKey: async (key: SessionKey) => {
      shared.written++
      shared.key = key
      for (const reader of readers) reader(key)
    },
  } as unknown as ConfigStore
  return { shared, store, readers }
}

const HOUR = 3_600_000
const keyOf = (createdAt: number): SessionKey => ({
  key: Buffer.alloc(32, 7),
  algorithm: 'HmacSHA256',
  createdAt,
})

test.each([
  ['there is none', null, 1],
  ['it has expired', keyOf(Date.now() - HOUR), 1],
  ['it is of another length', { ...keyOf(Date.now()), key: Buffer.alloc(16) }, 1],
  ['it is new', keyOf(Date.now()), 0],
  ["it comes from a clock that is ahead, which is nobody's fault here", keyOf(Date.now() + 9 * HOUR), 0],
] as const)('the leader writes a key when %s', async (_, first, written) => {
  const { shared, store } = sharedStore(first)
  const keys = new SessionKeys({ store, algorithm: 'HmacSHA256', bits: null, ttlMs: HOUR, leads: () => true })
  await keys.check(false)
  expect(shared.written).toBe(0)
  await keys.check(true)
  expect(shared.written).toBe(written)
  keys.close()
})

test('workers whose clocks differ by more than a key holds write one each, not without end', async () => {
  const { shared, store, readers } = sharedStore(null)
  const options = { store, algorithm: 'HmacSHA256', bits: null, ttlMs: HOUR, leads: () => true }
  const ahead = new SessionKeys({ ...options, now: () => Date.now() + 5 * HOUR })
  const behind = new SessionKeys(options)
  readers.push(
    key => ahead.arrived(key),
    key => behind.arrived(key),
  )
  // Both hold themselves for the leader for a while.
  await Promise.all([ahead.check(true), behind.check(true)])
  for (let i = 0; i < 20; i++) await Promise.all([ahead.check(true), behind.check(true)])
  expect(shared.written).toBeLessThanOrEqual(2)
  ahead.close()
  behind.close()
})

test('a leader that the group may have replaced writes none', async () => {
  const { shared, store } = sharedStore(null)
  let leads = false
  const options = { store, algorithm: 'HmacSHA256', bits: null, ttlMs: HOUR, leads: () => leads }
  const keys = new SessionKeys(options)
  await keys.check(true)
  expect(shared.written).toBe(0)
  leads = true
  await keys.check(true)
  expect(shared.written).toBe(1)
  keys.close()
})

import { expect, test } from 'bun:test'
import type { Assignment, Joined } from '../../../../src/group/membership.ts'
import { noWork } from '../../../../src/group/work.ts'
import { Leadership } from '../../../../src/herder/distributed/leadership.ts'
import { ElsewhereError, HerderError } from '../../../../src/herder/errors.ts'

const url = 'http://own:8083/'
const round = (isLeader: boolean, leaderUrl: string, memberId = 'm'): Joined => {
  const given = { error: 0, leader: 'm', leaderUrl, configOffset: 1, delayMs: 0 } as const
  const assignment: Assignment = { ...given, assigned: noWork(), revoked: noWork() }
  return { generation: 1, memberId, isLeader, protocol: 'compatible', assignment }
}

function worker() {
  const membership = { current: null as Joined | null, isConfirmed: true }
  let caughtUp = 0
  const leadership = new Leadership({
    membership,
    url,
    configured: 'sessioned',
    catchUp: async () => ++caughtUp > 0,
    isWriting: () => false,
  })
  const joined = (isLeader: boolean, leaderUrl: string, memberId?: string) => {
    membership.current = round(isLeader, leaderUrl, memberId)
    leadership.joined(membership.current)
  }
  const refused = () => {
    try {
      leadership.require()
    } catch (error) {
      if (error instanceof ElsewhereError) return error.url
      throw error
    }
    return 'here'
  }
  return { membership, leadership, joined, refused, catchUps: () => caughtUp }
}

test('nobody is known before the first round, then who leads; what is spoken is what was configured until then', () => {
  const { leadership, joined, refused } = worker()
  expect([refused(), leadership.protocol]).toEqual([null, 'sessioned'])
  joined(false, 'http://other:8083/')
  expect([refused(), leadership.protocol]).toEqual(['http://other:8083/', 'compatible'])
  joined(true, url)
  expect(refused()).toBe('here')
})

test('a tenure lasts as long as the same worker leads', () => {
  const { leadership, joined } = worker()
  joined(false, 'http://other:8083/')
  const first = leadership.tenure
  joined(false, 'http://other:8083/')
  expect([leadership.tenure === first, first.aborted]).toEqual([true, false])
  joined(false, 'http://third:8083/')
  const second = leadership.tenure
  expect([first.aborted, second.aborted]).toEqual([true, false])
  joined(true, url)
  expect(second.aborted).toBe(true)
})

test('a leader that the group may have replaced is none, and knows nobody', () => {
  const { membership, leadership, joined, refused } = worker()
  joined(true, url)
  membership.isConfirmed = false
  expect([leadership.isHere, refused()]).toEqual([false, null])
  membership.isConfirmed = true
  expect(refused()).toBe('here')
})

test('who begins to lead reads first what was written before; who goes on leading need not', async () => {
  const { leadership, joined, catchUps, membership } = worker()
  joined(false, 'http://other:8083/')
  expect(catchUps()).toBe(0)
  joined(true, url)
  joined(true, url)
  await leadership.lead()
  expect(catchUps()).toBe(1)
  // Others may have led while it was lost.
  membership.current = null
  leadership.lost()
  joined(true, url)
  await leadership.lead()
  expect(catchUps()).toBe(2)
  // As they may have while it was suspended: the group has it under another id since.
  joined(true, url, 'n')
  await leadership.lead()
  expect(catchUps()).toBe(3)
})

test('what a new leader shows waits until it has read what was written before; from then on it waits for nothing', async () => {
  const membership = { current: null as Joined | null, isConfirmed: true }
  const reads: ((isDone: boolean) => void)[] = []
  const catchUp = () => new Promise<boolean>(resolve => void reads.push(resolve))
  const leadership = new Leadership({
    membership,
    url,
    configured: 'sessioned',
    catchUp,
    isWriting: () => false,
  })
  membership.current = round(true, url)
  leadership.joined(membership.current)
  let isShown = false
  const shown = leadership.hasRead().then(isUpToDate => {
    isShown = isUpToDate
  })
  await Bun.sleep(0)
  expect([isShown, reads.length]).toEqual([false, 1])
  reads[0]?.(true)
  await shown
  expect([isShown, await leadership.hasRead(), reads.length]).toEqual([true, true, 1])
  // It took too long: each looks for itself.
  leadership.lost()
  leadership.joined(membership.current)
  reads[1]?.(false)
  const late = leadership.hasRead()
  await Bun.sleep(0)
  reads[2]?.(false)
  expect([await late, reads.length]).toEqual([false, 3])
})

test('who cannot read what was written before leads in nothing until it can', async () => {
  const membership = { current: round(true, url), isConfirmed: true }
  const outcomes = [false, false, true]
  const catchUp = async () => outcomes.shift()!
  const leadership = new Leadership({
    membership,
    url,
    configured: 'sessioned',
    catchUp,
    isWriting: () => false,
  })
  leadership.joined(membership.current)
  const refusal = await leadership.lead().catch(error => error)
  expect(refusal).toBeInstanceOf(HerderError)
  expect([refusal.code, refusal.status]).toEqual(['STALE_CONFIG', 409])
  await leadership.lead()
  await leadership.lead()
  expect(outcomes).toEqual([])
})

test('a leader that writes looks at the topic: others may have read what it has not', async () => {
  let reads = 0
  let isWriting = false
  const leadership = new Leadership({
    membership: { current: round(true, url), isConfirmed: true },
    url,
    configured: 'sessioned',
    catchUp: async () => ++reads > 0,
    isWriting: () => isWriting,
  })
  leadership.joined(round(true, url))
  expect([await leadership.hasRead(), reads]).toEqual([true, 1])
  isWriting = true
  expect([await leadership.hasRead(), reads]).toEqual([true, 2])
  isWriting = false
  expect([await leadership.hasRead(), reads]).toEqual([true, 2])
})

test('who has left hands on to the last leader, and a leader to any that stays', () => {
  const follower = worker()
  follower.joined(false, 'http://other:8083/')
  follower.leadership.left([])
  follower.membership.current = null
  expect(follower.refused()).toBe('http://other:8083/')
  const leader = worker()
  leader.joined(true, url)
  leader.leadership.left([url, 'http://third:8083/'])
  leader.membership.current = null
  expect(leader.refused()).toBe('http://third:8083/')
})

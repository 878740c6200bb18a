import { afterEach, expect, test } from 'bun:test'
import { noWork } from '../../../../src/group/work.ts'
import { acceptedElsewhere } from '../../../../src/herder/distributed/lacks-plugin.ts'
import { HerderError, LacksPluginError } from '../../../../src/herder/errors.ts'
import { WorkerClient } from '../../../../src/herder/worker-client.ts'
import { answered, RawPeer } from '../../rest/raw-peer.ts'

let peer: RawPeer | null = null
afterEach(() => peer?.close())

const refusal = new LacksPluginError('BAD_REQUEST', 'Class is not here')
const assignment = {
  error: 0,
  leader: 'm',
  leaderUrl: 'http://own:8083/',
  configOffset: 1,
  delayMs: 0,
  assigned: noWork(),
  revoked: noWork(),
} as const
const current = { generation: 1, memberId: 'm', isLeader: true, protocol: 'compatible', assignment } as const

/** What becomes of a configuration that the leader lacks the class of, where another member says `answer`. */
async function judged(answer: object, className = 'far.Away'): Promise<unknown> {
  peer = new RawPeer((_request, socket) => void socket.write(answered('200 OK', JSON.stringify(answer))))
  const group = { current, urls: [peer.url], others: new WorkerClient() }
  return await acceptedElsewhere(refusal, { 'connector.class': className }, group).catch(error => error)
}

test('a member that has the class decides', async () => {
  expect(await judged({ error_count: 0, configs: [] })).toEqual({ 'connector.class': 'far.Away' })
  const complaint = { value: { name: 'k', errors: ['k is wrong'] } }
  const refused = await judged({ error_count: 1, configs: [complaint] })
  expect(refused).toBeInstanceOf(HerderError)
  expect((refused as HerderError).message).toContain('k is wrong')
})

for (const [what, answer] of [
  ['without values', { error_count: 1, configs: [{}, null, { value: {} }, 7] }],
  ['that are none', { configs: 'none' }],
] as const)
  test(`complaints ${what} say nothing: the refusal stays`, async () => {
    expect(await judged(answer)).toBe(refusal)
  })

test('half a surrogate pair is the name of no class', async () => {
  expect(await judged({ error_count: 0, configs: [] }, '\ud800')).toBe(refusal)
  expect(peer?.requests).toEqual([])
})

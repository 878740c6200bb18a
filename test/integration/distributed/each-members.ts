import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'bun:test'
import { sharedBroker } from '../../servers/kafka.ts'
import { Members } from './members.ts'

/** Gives each test of a file a cluster of its own, of which nothing may have run twice at once when it ends. */
export function eachWithMembers(give: (members: Members) => void): void {
  let broker: Awaited<ReturnType<typeof sharedBroker>>
  let members: Members
  beforeAll(async () => {
    broker = await sharedBroker()
  }, 120_000)
  afterAll(() => broker.stop())
  beforeEach(() => {
    members = new Members(broker.bootstrap)
    give(members)
  })
  afterEach(async () => {
    await members.close()
    expect(members.marks.twice).toEqual([])
  }, 60_000)
}

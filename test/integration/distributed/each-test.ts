import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'bun:test'
import { sharedBroker } from '../../servers/kafka.ts'
import { Members } from './members.ts'
import { Cluster } from './workers.ts'

/** Gives each test of a file a cluster of its own. */
export function eachWithCluster(give: (cluster: Cluster) => void): void {
  eachOnBroker(bootstrap => new Cluster(bootstrap), give)
}

/** The same with several workers; nothing may have run twice at once when a test ends. */
export function eachWithMembers(give: (members: Members) => void): void {
  let members: Members
  eachOnBroker(
    bootstrap => new Members(bootstrap),
    fresh => {
      members = fresh
      give(fresh)
    },
  )
  afterEach(() => {
    expect(members.marks.twice).toEqual([])
  })
}

function eachOnBroker<T extends { close(): Promise<void> }>(
  make: (bootstrap: string) => T,
  give: (made: T) => void,
): void {
  let broker: Awaited<ReturnType<typeof sharedBroker>>
  let made: T
  beforeAll(async () => {
    broker = await sharedBroker()
  }, 120_000)
  afterAll(() => broker.stop())
  beforeEach(() => {
    made = make(broker.bootstrap)
    give(made)
  })
  afterEach(() => made.close(), 60_000)
}

import { afterAll, beforeAll } from 'bun:test'
import { type Broker, sharedBroker } from './kafka.ts'
import { TopicProbe } from './topics.ts'
import { WorkerGroup } from './worker-group.ts'

type SharedBroker = Pick<Broker, 'bootstrap' | 'stop' | 'tool'>

/** What the tests of a file stand on; there from their own `beforeAll` on, ends with them. */
export interface Ground<B> {
  readonly broker: B
  readonly probe: TopicProbe
  /** A group of its own name. */
  group(name: string, settings?: Record<string, string>): WorkerGroup
}

/** The broker that test files share, or one that is started for this file. */
export function ground(): Ground<SharedBroker>
export function ground<B extends SharedBroker>(start: () => Promise<B>): Ground<B>
export function ground(start: () => Promise<SharedBroker> = sharedBroker): Ground<SharedBroker> {
  const groups: WorkerGroup[] = []
  let broker: SharedBroker | undefined
  let probe: TopicProbe | undefined
  beforeAll(async () => {
    broker = await start()
    probe = new TopicProbe(broker.bootstrap)
  }, 120_000)
  afterAll(async () => {
    await Promise.all(groups.map(group => group.close()))
    await probe?.close()
    await broker?.stop()
  }, 120_000)
  return {
    get broker() {
      return broker!
    },
    get probe() {
      return probe!
    },
    group(name, settings) {
      const made = new WorkerGroup(
        broker!.bootstrap,
        `${name}-${process.pid}-${Date.now()}`,
        probe!,
        settings,
      )
      groups.push(made)
      return made
    },
  }
}

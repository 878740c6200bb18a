import { afterAll, beforeAll } from 'bun:test'
import { sharedBroker } from '../../servers/kafka.ts'
import { TopicProbe } from '../../servers/topics.ts'
import { WorkerGroup } from '../../servers/worker-group.ts'

export interface Ground {
  /** A group of its own name, which ends with the file's tests. */
  group(name: string, settings?: Record<string, string>): WorkerGroup
  readonly probe: TopicProbe
}

/** A broker for the groups of a test file. */
export function ground(): Ground {
  const groups: WorkerGroup[] = []
  let broker: Awaited<ReturnType<typeof sharedBroker>> | undefined
  let probe: TopicProbe | undefined
  beforeAll(async () => {
    broker = await sharedBroker()
    probe = new TopicProbe(broker.bootstrap)
  }, 120_000)
  afterAll(async () => {
    await Promise.all(groups.map(group => group.close()))
    await probe?.close()
    await broker?.stop()
  }, 120_000)
  return {
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

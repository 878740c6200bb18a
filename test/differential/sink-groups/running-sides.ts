import { afterAll, beforeAll } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { GroupProbe } from '../../servers/consumer-group.ts'
import { type Broker, serversFolder, sharedBroker } from '../../servers/kafka.ts'
import type { Side } from '../../servers/worker.ts'
import type { Life } from './account.ts'
import { SinkSide } from './sink-side.ts'

/** A worker of each side, both of which run as long as a file's tests do. */
export interface RunningSides extends Readonly<Record<Side, SinkSide>> {
  readonly broker: Pick<Broker, 'bootstrap' | 'tool'>
  readonly groups: GroupProbe
  /** Deleted in the end. */
  readonly folder: string
  /** This side and the other one. */
  from(first: Side): [SinkSide, SinkSide]
  /** What the workers of both were given by a sink. */
  lives(connector: string): Promise<Life[]>
}

/** `name` is of the folder, `ours` are more keys of our worker. */
export function runningSides(name: string, ours: Record<string, string> = {}): RunningSides {
  const folder = join(serversFolder(), `${name}-${process.pid}`)
  let broker: Awaited<ReturnType<typeof sharedBroker>> | undefined
  let groups: GroupProbe | undefined
  let sides: Record<Side, SinkSide> | undefined
  beforeAll(async () => {
    broker = await sharedBroker()
    groups = new GroupProbe(broker.bootstrap)
    sides = {
      jvm: new SinkSide('jvm', broker.bootstrap, folder),
      bunnect: new SinkSide('bunnect', broker.bootstrap, folder, ours),
    }
    await Promise.all([sides.jvm.start(), sides.bunnect.start()])
  }, 300_000)
  afterAll(async () => {
    await Promise.all([sides?.jvm.close(), sides?.bunnect.close(), groups?.close()])
    await broker?.stop()
    if (!process.env['DBG']) rmSync(folder, { recursive: true, force: true })
  }, 300_000)
  return {
    folder,
    get broker() {
      return broker!
    },
    get groups() {
      return groups!
    },
    get jvm() {
      return sides!.jvm
    },
    get bunnect() {
      return sides!.bunnect
    },
    from(first) {
      return first === 'jvm' ? [sides!.jvm, sides!.bunnect] : [sides!.bunnect, sides!.jvm]
    },
    async lives(connector) {
      return [...(await sides!.jvm.lives(connector)), ...(await sides!.bunnect.lives(connector))]
    },
  }
}
